"""How a person reaches a made-up patient: a first try by call or text, the next call where nobody answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.leads.reasons import CALL_OUTCOMES
from luxe.demo import words
from luxe.demo.tale import Tale

BY_TEXT = 0.34
OUTCOMES, WEIGHTS = ("talked", "voicemail", "no_answer"), (61, 23, 16)
SECOND_CALL, TALKS_THEN = 0.75, 0.7
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Reaching:
    """`tried`: the first call or text. `again`: the second call, where the first reached nobody and one was made."""

    tried: datetime
    by_text: bool
    outcome: str
    again: datetime | None
    again_outcome: str

    @property
    def steps_aside(self) -> datetime | None:
        """When a person took over, so that automation stopped: their own text, or talking."""
        if self.by_text or self.outcome == "talked":
            return self.tried
        return self.again if self.again_outcome == "talked" else None

    @property
    def talked(self) -> datetime | None:
        return None if self.by_text else self.steps_aside

    @property
    def tries(self) -> list[tuple[datetime, str]]:
        """Calls with their outcomes."""
        first = [] if self.by_text else [(self.tried, self.outcome)]
        return first + ([(self.again, self.again_outcome)] if self.again else [])


def plan(tale: Tale, tried: datetime) -> Reaching:
    """Decide what comes of trying at that moment."""
    stage = tale.stage
    if tale.may_text and stage.chance(BY_TEXT):
        return Reaching(tried, True, "", None, "")
    outcome = stage.dice.choices(OUTCOMES, WEIGHTS)[0]
    again = stage.later(tried + timedelta(hours=2), 40, 0.6)
    if outcome == "talked" or not stage.chance(SECOND_CALL) or again >= stage.now - MINUTE:
        return Reaching(tried, False, outcome, None, "")
    return Reaching(tried, False, outcome, again, "talked" if stage.chance(TALKS_THEN) else "no_answer")


def reach(tale: Tale, reaching: Reaching) -> None:
    """Tell it. A text to a number that turned out to take none is a call that was answered."""
    tale.lead["attempted_at"] = reaching.tried
    by_text = reaching.by_text and tale.may_text
    tale.milestone(reaching.tried, "attempted", channel="text" if by_text else "call")
    if by_text:
        write(tale, reaching.tried, tale.stage.dice.choice(words.STAFF_SAYS))
    elif reaching.by_text:
        spoke(tale, reaching.tried)
        call(tale, reaching.tried, "talked")
    for at, outcome in reaching.tries:
        call(tale, at, outcome)
        if outcome == "talked":
            spoke(tale, at)


def call(tale: Tale, at: datetime, outcome: str) -> None:
    """A logged call: its line in the timeline, and the row that stands for it."""
    note = tale.stage.dice.choice(words.CALL_NOTES) if outcome != "wrong_number" else ""
    call_id = tale.event(
        at,
        "called",
        "staff",
        staff=tale.owner,
        data={"outcome": outcome},
        note=note or None,
        shown=True,
        words=note or CALL_OUTCOMES[outcome],
    )
    tale.stage.add(
        "lead_calls",
        id=call_id,
        lead_id=tale.id,
        staff_id=tale.owner.id,
        at=at,
        outcome=outcome,
        applied_at=at,
        effects={},
    )


def reach_a_stranger(tale: Tale, at: datetime) -> None:
    """Somebody else answers at this number: no attempt, and no text may go there any more."""
    call(tale, at, "wrong_number")
    tale.lead |= {"call_only": True, "state": "disqualified", "disqualified_reason": "wrong_number"}
    tale.lead["wrong_number_at"] = at


def write(tale: Tale, at: datetime, wording: str) -> None:
    """A text of one's own; where the patient had written, the two have spoken now."""
    body = wording.format(first=tale.person.first_name, staff=tale.owner.first_name)
    tale.say(at, body, origin="staff", purpose="manual", staff=tale.owner)
    if tale.lead.get("responded_at", at) < at:
        spoke(tale, at)


def spoke(tale: Tale, at: datetime) -> None:
    """They spoke, at `at` for the first time or again."""
    if "contacted_at" not in tale.lead:
        tale.lead["contacted_at"] = at
        tale.milestone(at, "contacted")


def responded(tale: Tale, at: datetime) -> None:
    """The patient answered for the first time."""
    if "responded_at" not in tale.lead:
        tale.lead["responded_at"] = at
        tale.milestone(at, "responded")
