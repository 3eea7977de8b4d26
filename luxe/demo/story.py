"""A made-up lead from its form to its end. Read from top to bottom: form, texts, contact, answer, outcome.

Everything ends before `now`: a lead of the past is booked, disqualified or closed. Leads that are open at this
moment are told by `open_leads`, through the product's own flows.
"""

from datetime import datetime, timedelta

from core.leads.reasons import CALL_OUTCOMES, DISQUALIFIED
from core.sla import rules as sla_rules
from core.sla.rules import Policy
from luxe.demo import words
from luxe.demo.automation import Automation
from luxe.demo.beginnings import Request, ask, begin, consent
from luxe.demo.people import Person
from luxe.demo.stage import Stage
from luxe.demo.standing import keep_standing, opt_out
from luxe.demo.tale import Tale

MINUTE = timedelta(minutes=1)
NEVER_REACHED = 0.03
WRONG_NUMBER = 0.012
ANSWERS_BY_TEXT = 0.6
STAGE_RATES = {"qualified": 0.56, "booked": 0.66, "attended": 0.9, "treated": 0.84}
CODES = ((30003, 0.02), (30006, 0.012), (30007, 0.01), (21610, 0.006))


def tell(
    stage: Stage, person: Person, patient_id: str, location: str, number: int, at: datetime, *, barred: bool
) -> Tale:
    """One lead of the past, told to its end; the tale, whose row is written. `barred`: no texts to this number."""
    request = ask(stage, location)
    tale = begin(stage, person, patient_id, request, number, at, barred=barred)
    ticked = consent(tale, request)
    policy, due = _first_target(tale)
    tried = _contact_moment(tale, due)
    automation = Automation(tale, ticked, _code(stage), due)
    replied = _early_reply(tale, ticked, tried)
    wrong = tried is not None and replied is None and stage.chance(WRONG_NUMBER)
    contacted = None if wrong else tried
    stop = min(moment for moment in (replied, tried, stage.now) if moment)
    automation.run(stop, "replied" if stop == replied else "unreachable" if wrong else "contacted")
    replied = replied if tale.may_text and automation.sent else None
    if replied and _hears_stop(stage):
        opt_out(tale, replied)
        replied = None
    if tried:
        _view(tale, tried)
    if contacted:
        _contact(tale, contacted)
    elif tried:
        _reach_a_stranger(tale, tried)
    tale.clock(policy, at, due, contacted)
    _converse(tale, replied, contacted)
    _outcome(tale, request, contacted)
    keep_standing(tale, ticked, "unreachable" if wrong else automation.barred)
    _finish(tale)
    return tale


def _code(stage: Stage) -> int | None:
    """What the carrier says to the first text: mostly nothing, sometimes an error."""
    fate = stage.dice.random()
    for code, share in CODES:
        fate -= share
        if fate < 0:
            return code
    return None


def _first_target(tale: Tale) -> tuple[Policy, datetime]:
    reference, lead = tale.stage.reference, tale.lead
    facts = {key: lead[key] for key in ("temperature", "form_type", "location")}
    policy = sla_rules.choose(reference.policies, sla_rules.FIRST_CONTACT, facts)
    return policy, sla_rules.due_at(policy, reference.clinic.location(lead["location"]).hours, tale.at)


def _contact_moment(tale: Tale, due: datetime) -> datetime | None:
    """When a person reached out; None where nobody did before now."""
    stage = tale.stage
    hours = stage.reference.clinic.location(tale.lead["location"]).hours
    opens = hours.next_open(tale.at) or tale.at
    target = (due - opens) / MINUTE
    if stage.chance(NEVER_REACHED):
        return None
    moment = stage.later(opens, max(1.5, target * 0.42 * tale.owner.colleague.pace), 0.75)
    latest = stage.now - MINUTE
    return moment if moment < latest else opens + (latest - opens) * stage.dice.uniform(0.2, 1)


def _early_reply(tale: Tale, ticked: dict[str, bool], contacted: datetime | None) -> datetime | None:
    """A patient who answers the automatic texts, before or after somebody called."""
    if not ticked or not tale.stage.chance(ANSWERS_BY_TEXT):
        return None
    moment = tale.stage.later(tale.at + 0.3 * MINUTE, 9 if not contacted else 22, 1.2)
    return moment if moment < tale.stage.now - MINUTE else None


def _hears_stop(stage: Stage) -> bool:
    return stage.chance(0.045)


def _view(tale: Tale, before: datetime) -> None:
    at = tale.at + (max(before, tale.at) - tale.at) * tale.stage.dice.uniform(0.2, 0.95)
    if at < tale.stage.now:
        tale.lead["viewed_at"] = at
        tale.event(at, "viewed", "staff", staff=tale.owner)
        tale.milestone(at, "viewed")


def _contact(tale: Tale, at: datetime) -> None:
    """The first human touch: a call with its outcome, or a text."""
    stage = tale.stage
    tale.lead["contacted_at"] = at
    by_text = tale.may_text and stage.chance(0.34)
    tale.milestone(at, "contacted", channel="text" if by_text else "call")
    if by_text:
        body = stage.dice.choice(words.STAFF_SAYS)
        _staff_text(tale, at, body)
        return
    outcome = stage.dice.choices(("talked", "voicemail", "no_answer"), (61, 23, 16))[0]
    _called(tale, at, outcome)
    if outcome == "talked":
        _responded(tale, at)


def _called(tale: Tale, at: datetime, outcome: str) -> None:
    note = tale.stage.dice.choice(words.CALL_NOTES) if outcome != "wrong_number" else ""
    tale.event(
        at,
        "called",
        "staff",
        staff=tale.owner,
        data={"outcome": outcome},
        note=note or None,
        shown=True,
        words=note or CALL_OUTCOMES[outcome],
    )


def _reach_a_stranger(tale: Tale, at: datetime) -> None:
    """Somebody else answers at this number: no contact, and no text may go there any more."""
    _called(tale, at, "wrong_number")
    tale.lead |= {"call_only": True, "state": "disqualified", "disqualified_reason": "wrong_number"}


def _staff_text(tale: Tale, at: datetime, wording: str) -> None:
    body = wording.format(first=tale.person.first_name, staff=tale.owner.first_name)
    tale.say(at, body, origin="staff", purpose="manual", staff=tale.owner)


def _responded(tale: Tale, at: datetime) -> None:
    if "responded_at" not in tale.lead:
        tale.lead["responded_at"] = at
        tale.milestone(at, "responded")


def _converse(tale: Tale, replied: datetime | None, contacted: datetime | None) -> None:
    """The patient's answer, ours with its clock, and sometimes a closing word."""
    stage = tale.stage
    if replied is None:
        return
    body = stage.dice.choice(words.PATIENT_SAYS)
    tale.hear(replied, body)
    _responded(tale, replied)
    if contacted is None or contacted > replied:
        return  # the first contact was the answer
    policy = sla_rules.choose(stage.reference.policies, sla_rules.NEXT_REPLY, {})
    hours = stage.reference.clinic.location(tale.lead["location"]).hours
    opens = hours.next_open(replied) or replied
    answered: datetime | None = stage.later(opens, 14 * tale.owner.colleague.pace, 1.0)
    if answered and answered > stage.now - MINUTE:
        answered = None
    due = sla_rules.due_at(policy, hours, replied)
    tale.clock(policy, replied, due, answered)
    if answered:
        _staff_text(tale, answered, stage.dice.choice(words.STAFF_SAYS))
        thanks = stage.later(answered, 12)
        if stage.chance(0.55) and thanks < stage.now - MINUTE:
            tale.hear(thanks, stage.dice.choice(words.PATIENT_CLOSES))


def _outcome(tale: Tale, request: Request, contacted: datetime | None) -> None:
    """As far down the funnel as it goes, and how it ended."""
    stage, lead = tale.stage, tale.lead
    last = max(tale.last["last_event_at"], contacted or tale.at)
    answered: datetime | None = lead.get("responded_at")
    if lead.get("state") == "disqualified":
        _disqualify(tale, last + MINUTE, "wrong_number")
        return
    if contacted is None or answered is None or not _reaches(tale, "qualified", request, 1.0):
        _close(tale, last, lost=0.3 if answered is None else 0.45)
        return
    qualified = _mark(tale, "qualified", max(stage.later(answered, 40, 1.3), last))
    if qualified is None or not _reaches(tale, "booked", request, _promptness(tale)):
        _close(tale, qualified or last, lost=0.35)
        return
    booked = _mark(tale, "booked", stage.later(qualified, 90, 1.5))
    if booked is None:
        _close(tale, qualified, lost=0.0)
        return
    lead["state"] = "booked"
    if tale.may_text and stage.chance(0.5):
        _staff_text(tale, booked, stage.dice.choice(words.STAFF_CONFIRMS))
    _after_booking(tale, booked)


def _reaches(tale: Tale, step: str, request: Request, factor: float) -> bool:
    return tale.stage.chance(min(0.97, STAGE_RATES[step] * request.origin.books**0.5 * factor))


def _promptness(tale: Tale) -> float:
    """Who was reached quickly books more often: the clinic's own figures shall show it."""
    minutes = (tale.lead.get("contacted_at", tale.at + timedelta(days=1)) - tale.at) / MINUTE
    return 1.12 if minutes < 6 else 1.0 if minutes < 20 else 0.86


def _after_booking(tale: Tale, booked: datetime) -> None:
    stage = tale.stage
    visit = booked + timedelta(days=stage.dice.triangular(1, 21, 5))
    if not stage.chance(STAGE_RATES["attended"]) or _mark(tale, "attended", visit) is None:
        return
    if stage.chance(STAGE_RATES["treated"]):
        same_day = stage.chance(0.6)
        later = timedelta(hours=1) if same_day else timedelta(days=stage.dice.triangular(3, 30, 9))
        _mark(tale, "treated", visit + later)


def _mark(tale: Tale, step: str, at: datetime) -> datetime | None:
    """Reach a stage at `at`; None where that is still to come."""
    if at >= tale.stage.now - MINUTE:
        return None
    tale.lead[f"{step}_at"] = at
    value = 0 if step in ("qualified", "attended") else _value(tale)
    tale.event(at, step, "staff", staff=tale.owner, data={"value_cents": value} if value else {}, shown=True)
    tale.milestone(at, step, value)
    return at


def _value(tale: Tale) -> int:
    if "final_value" not in tale.lead:
        usual = tale.lead["value_cents"]
        tale.lead["final_value"] = round(usual * tale.stage.dice.triangular(0.6, 1.9, 1.0) / 500) * 500
    return int(tale.lead["final_value"])


def _close(tale: Tale, after: datetime, *, lost: float) -> None:
    """Nothing came of it: disqualified with a reason, or closed after a while."""
    stage = tale.stage
    at = min(stage.later(after, 60 * 30, 0.8), stage.now - MINUTE * stage.dice.uniform(1, 30))
    at = max(at, after)
    if stage.chance(lost):
        _disqualify(tale, at, words.weighted(stage.dice, words.DISQUALIFIED))
    else:
        tale.lead["state"] = "closed"
        tale.event(at, "closed", "automatic", data={"reason": "no_answer"}, shown=True)


def _disqualify(tale: Tale, at: datetime, reason: str) -> None:
    tale.lead |= {"state": "disqualified", "disqualified_reason": reason}
    told = DISQUALIFIED[reason]
    data = {"reason": reason}
    tale.event(at, "disqualified", "staff", staff=tale.owner, data=data, shown=True, words=told)


def _finish(tale: Tale) -> None:
    row = dict(tale.lead)
    row["value_cents"] = row.pop("final_value", row["value_cents"])
    tale.stage.add("leads", **row, **tale.last, updated_at=tale.last["last_event_at"], unread=0)
