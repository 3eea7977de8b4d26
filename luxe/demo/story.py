"""A made-up lead from its form to its end. Read from top to bottom: form, texts, contact, answer, outcome.

Everything ends before `now`: a lead of the past is booked, disqualified or closed. Leads that are open at this
moment are told by `open_leads`, through the product's own flows.
"""

from datetime import datetime, timedelta

from core.leads.reasons import DISQUALIFIED
from core.leads.rules import OVER
from core.sla import rules as sla_rules
from core.sla.rules import Policy
from luxe.demo import words
from luxe.demo.automation import Automation
from luxe.demo.beginnings import Request, ask, begin, consent
from luxe.demo.people import Person
from luxe.demo.reaching import Reaching, plan, reach, reach_a_stranger, responded, spoke, write
from luxe.demo.stage import Stage
from luxe.demo.standing import keep_standing, opt_out
from luxe.demo.tale import Tale
from luxe.demo.visiting import RATES, cancels, visit

MINUTE = timedelta(minutes=1)
NEVER_REACHED = 0.03
WRONG_NUMBER = 0.012
ANSWERS_BY_TEXT = 0.6
STAGE_RATES = {"qualified": 0.56, "booked": 0.66}
CODES = ((30003, 0.02), (30006, 0.012), (30007, 0.01), (21610, 0.006))


def tell(
    stage: Stage, person: Person, patient_id: str, location: str, number: int, at: datetime, *, barred: bool
) -> Tale:
    """One lead of the past, told to its end; the tale, whose row is written. `barred`: no texts to this number."""
    request = ask(stage, location)
    tale = begin(stage, person, patient_id, request, number, at, barred=barred)
    ticked = consent(tale, request)
    policy, due = _target(tale, sla_rules.FIRST_CONTACT)
    tried = _contact_moment(tale, due)
    reaching = plan(tale, tried) if tried else None
    automation = Automation(tale, ticked, _code(stage), due)
    replied = _early_reply(tale, ticked, tried)
    wrong = tried is not None and replied is None and stage.chance(WRONG_NUMBER)
    aside = tried if wrong else reaching.steps_aside if reaching else None
    stop = min(moment for moment in (replied, aside, stage.now) if moment)
    automation.run(stop, "replied" if stop == replied else "unreachable" if wrong else "contacted")
    replied = replied if tale.may_text and automation.sent else None
    if replied and _hears_stop(stage):
        opt_out(tale, replied)
        replied = None
    if tried:
        _view(tale, tried)
    if tried and wrong:
        reach_a_stranger(tale, tried)
    elif reaching:
        reach(tale, reaching)
    tale.clock(policy, at, due, None if wrong else tried)
    _converse(tale, replied, None if wrong else reaching)
    tale.clock(*_spoken(tale))
    _outcome(tale, request)
    _outcome_clocks(tale)
    keep_standing(tale, ticked, "unreachable" if wrong else automation.barred)
    _finish(tale)
    return tale


def _spoken(tale: Tale) -> tuple[Policy, datetime, datetime, datetime | None]:
    """The clock of the first conversation."""
    policy, due = _target(tale, sla_rules.FIRST_CONVERSATION)
    return policy, tale.at, due, tale.lead.get("contacted_at")


def _code(stage: Stage) -> int | None:
    """What the carrier says to the first text: mostly nothing, sometimes an error."""
    fate = stage.dice.random()
    for code, share in CODES:
        fate -= share
        if fate < 0:
            return code
    return None


def _target(tale: Tale, target: str) -> tuple[Policy, datetime]:
    reference, lead = tale.stage.reference, tale.lead
    facts = {key: lead[key] for key in ("temperature", "form_type", "location")}
    policy = sla_rules.choose(reference.policies, target, facts)
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


def _converse(tale: Tale, replied: datetime | None, reaching: Reaching | None) -> None:
    """The patient's answer, ours with its clock, and sometimes a closing word."""
    stage = tale.stage
    if replied is None:
        return
    body = stage.dice.choice(words.PATIENT_SAYS)
    tale.hear(replied, body)
    responded(tale, replied)
    if reaching is None:
        return
    if reaching.by_text and tale.may_text:
        spoke(tale, max(reaching.tried, replied))
    aside = reaching.steps_aside
    if aside and aside > replied:
        return  # the first contact was the answer
    policy = sla_rules.choose(stage.reference.policies, sla_rules.NEXT_REPLY, {})
    hours = stage.reference.clinic.location(tale.lead["location"]).hours
    opens = hours.next_open(replied) or replied
    written = stage.later(opens, 14 * tale.owner.colleague.pace, 1.0)
    answered: datetime | None = max(written, reaching.tried + MINUTE)  # nobody writes before they first try
    if answered and answered > stage.now - MINUTE:
        answered = None
    due = sla_rules.due_at(policy, hours, replied)
    tale.clock(policy, replied, due, answered)
    if answered:
        write(tale, answered, stage.dice.choice(words.STAFF_SAYS))
        thanks = stage.later(answered, 12)
        if stage.chance(0.55) and thanks < stage.now - MINUTE:
            tale.hear(thanks, stage.dice.choice(words.PATIENT_CLOSES))


def _outcome(tale: Tale, request: Request) -> None:
    """As far down the funnel as it goes, and how it ended."""
    stage, lead = tale.stage, tale.lead
    spoken: datetime | None = lead.get("contacted_at")
    last = max(tale.last["last_event_at"], spoken or tale.at)
    if lead.get("state") == "disqualified":
        _disqualify(tale, last + MINUTE, "wrong_number")
        return
    if spoken is None or not _reaches(tale, "qualified", request, 1.0):
        _close(tale, last, lost=0.3 if spoken is None else 0.45)
        return
    responded(tale, spoken)
    qualified = _mark(tale, "qualified", max(stage.later(spoken, 40, 1.3), last))
    if qualified is None or not _reaches(tale, "booked", request, _promptness(tale)):
        _close(tale, qualified or last, lost=0.35)
        return
    booked = stage.later(qualified, 90, 1.5)
    if booked < stage.now - MINUTE and cancels(tale, booked):
        _close(tale, tale.last["last_event_at"], lost=0.5)
        return
    if _mark(tale, "booked", booked) is None:
        _close(tale, qualified, lost=0.0)
        return
    lead["state"] = "booked"
    if tale.may_text and stage.chance(0.5):
        write(tale, booked, stage.dice.choice(words.STAFF_CONFIRMS))
    attended = visit(tale, booked, _value(tale))
    if attended and _mark(tale, "attended", attended) and stage.chance(RATES["treated"]):
        later = timedelta(hours=1) if stage.chance(0.6) else timedelta(days=stage.dice.triangular(3, 30, 9))
        _mark(tale, "treated", attended + later)


def _outcome_clocks(tale: Tale) -> None:
    """Until it was qualified, and until it was booked; a booking is both."""
    booked = tale.lead.get("booked_at")
    ends = {sla_rules.QUALIFICATION: tale.lead.get("qualified_at", booked), sla_rules.CONSULTATION: booked}
    for target, ended in ends.items():
        policy, due = _target(tale, target)
        tale.clock(policy, tale.at, due, ended)


def _reaches(tale: Tale, step: str, request: Request, factor: float) -> bool:
    return tale.stage.chance(min(0.97, STAGE_RATES[step] * request.origin.books**0.5 * factor))


def _promptness(tale: Tale) -> float:
    """Who was reached quickly books more often: the clinic's own figures shall show it."""
    minutes = (tale.lead.get("attempted_at", tale.at + timedelta(days=1)) - tale.at) / MINUTE
    return 1.12 if minutes < 6 else 1.0 if minutes < 20 else 0.86


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
    over = row["state"] in OVER and tale.spoken_at is not None
    done = {"thread_done_at": tale.last["last_event_at"], "thread_done_by": tale.owner.id} if over else {}
    told = {"thread_spoken_at": tale.spoken_at, "updated_at": tale.last["last_event_at"], "unread": 0}
    tale.stage.add("leads", **row, **tale.last, **told, **done)
