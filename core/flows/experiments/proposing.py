"""What somebody asks for is worked out and weighed: what would be fixed, and all that bars a start."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core import library, plans
from core.domain.errors import FieldError, InvalidInput
from core.experiments import store
from core.experiments.rules.designing import Design, Subject, Variant, problems
from core.experiments.rules.fixed import SEPARATOR, STEP, Change, Fixed, Running
from core.experiments.rules.planning import needed
from core.experiments.rules.proposal import (
    MOMENT,
    WORDING,
    Offered,
    Proposal,
    missing,
    own_problems,
    variants_of,
)
from core.flows.experiments.changing import FaultyChange, changed_sequence
from core.messaging.actions import TEXT
from core.messaging.library import Catalogue, LibraryTemplate
from core.messaging.variables import LANGUAGES, samples
from core.sequences.rules.definition import GATES, Sequence, Step, StepKind
from core.sequences.rules.reading import parse_span
from core.trials import METRICS


@dataclass(frozen=True)
class Weighed:
    """What would be fixed, and what bars it, by field; `fixed` is None where too little is known to say."""

    fixed: Fixed | None
    problems: tuple[FieldError, ...]


@dataclass(frozen=True)
class Found:
    """What is in use of the subject: the step, where it is one, and the template that it sends today."""

    plan: Sequence | None = None
    step: Step | None = None
    template: LibraryTemplate | None = None

    @property
    def purpose(self) -> str:
        return self.step.purpose if self.step else self.template.purpose if self.template else ""


def weigh(session: Session, proposal: Proposal, *, now: datetime) -> Weighed:
    """Changes nothing."""
    catalogue = library.published(session)
    found = _find(session, catalogue, proposal)
    fixed = _fixed(proposal, found, catalogue)
    barred = [
        *own_problems(proposal),
        *_of_subject(proposal, found),
        *missing(proposal.what, list(proposal.others.values())),
        *_of_changes(session, proposal, found, catalogue),
        *problems(fixed.design, now),
        *_of_metric(proposal),
        *_of_others(store.running(session), fixed),
    ]
    return Weighed(fixed, tuple(barred))


def sound(session: Session, proposal: Proposal, *, now: datetime) -> Fixed:
    """What is to be fixed. Raises InvalidInput by field."""
    weighed = weigh(session, proposal, now=now)
    if weighed.problems or weighed.fixed is None:
        raise InvalidInput(list(weighed.problems))
    return weighed.fixed


def _find(session: Session, catalogue: Catalogue, proposal: Proposal) -> Found:
    if proposal.kind != STEP:
        return Found(template=catalogue.get(proposal.key))
    sequence, _, name = proposal.key.partition(SEPARATOR)
    plan = plans.published(session).get(sequence)
    step = next((one for one in plan.planned() if one.name == name), None) if plan else None
    return Found(plan, step, catalogue.get(step.template) if step else None)


def _fixed(proposal: Proposal, found: Found, catalogue: Catalogue) -> Fixed:
    template = found.template
    subject = Subject(
        proposal.kind,
        proposal.key,
        template.text_class if template else "",
        template.group if template else "",
        found.purpose,
    )
    design = Design(
        subject=subject,
        variants=variants_of(proposal),
        metric=proposal.metric,
        baseline=proposal.baseline,
        smallest_difference=proposal.smallest_difference,
        least_per_arm=0,
        people_a_month=proposal.people_a_month,
        planned_end=proposal.planned_end,
    )
    changes = {
        key: _change(proposal, found, catalogue, one if at else None)
        for at, (key, one) in enumerate(proposal.named.items())
    }
    return Fixed(proposal.title.strip(), _sized(design), changes)


def _sized(design: Design) -> Design:
    """With as many people as it takes; what can't be worked out is said by `problems`."""
    try:
        least = needed(design.question)
    except (InvalidInput, ValueError, ZeroDivisionError):
        return design
    return Design(**{**vars(design), "least_per_arm": least})


def _change(proposal: Proposal, found: Found, catalogue: Catalogue, offered: Offered | None) -> Change:
    """What a variant does; today's where `offered` is None."""
    today = found.template.key if found.template else ""
    template = offered.template if offered and proposal.what == WORDING else today
    offset, shift = _moment(found, offered if proposal.what == MOMENT else None)
    return Change(template, offset, shift, _text(catalogue, template))


def _moment(found: Found, offered: Offered | None) -> tuple[str, timedelta]:
    """Its offset as a sequence writes it, and how much later than today that is."""
    if found.plan is None or found.step is None or offered is None:
        return "", timedelta()
    span = _span(offered.offset)
    if span is None:
        return "", timedelta()
    return offered.offset.strip(), span - found.plan.own_offset(found.step)


def _text(catalogue: Catalogue, template: str) -> str:
    """The words as a made-up patient gets them."""
    wording = catalogue.wording(template, tuple(LANGUAGES), health=False)
    return wording.template.render(samples(wording.template.language)) if wording else ""


def _of_subject(proposal: Proposal, found: Found) -> Iterator[FieldError]:
    if proposal.kind == STEP and found.step is None:
        yield FieldError("subject", "This step is not in use. Choose another one.")
    elif proposal.kind != STEP and found.template is None:
        yield FieldError("subject", "This template is not in use. Choose another one.")
    elif found.step and found.step.kind in GATES:
        yield FieldError("subject", "This step only decides who goes on. Choose a text or a task.")
    if proposal.what == MOMENT and proposal.kind != STEP:
        yield FieldError("what", "A moment belongs to a step of a sequence: choose a step.")
    if proposal.what == WORDING and not _sends_text(found):
        yield FieldError("what", "This sends no text: only the moment of a step can be tried out.")


def _sends_text(found: Found) -> bool:
    if found.step and found.step.kind is not StepKind.TEXT:
        return False
    return found.template is None or found.template.channel == TEXT


def _of_metric(proposal: Proposal) -> Iterator[FieldError]:
    if proposal.metric.code == "clicked" and "clicked" not in METRICS:
        yield FieldError("metric", "Nothing counts yet who opens a link. Choose another figure.")


def _of_changes(
    session: Session, proposal: Proposal, found: Found, catalogue: Catalogue
) -> Iterator[FieldError]:
    if proposal.what == WORDING and found.template:
        for one in proposal.others.values():
            yield from _unlike(found.template, catalogue.get(one.template))
    if proposal.kind == STEP and found.plan and found.step:
        if proposal.what == MOMENT and _is_today(proposal, found.plan.own_offset(found.step)):
            yield FieldError("changes", "One variant comes when it comes today: choose another moment.")
        for offered in proposal.others.values():
            try:
                changed_sequence(session, proposal.key, offered.template, offered.offset.strip())
            except FaultyChange as faulty:
                yield FieldError("changes", str(faulty))


def _is_today(proposal: Proposal, today: timedelta) -> bool:
    return any(_span(one.offset) == today for one in proposal.others.values())


def _span(text: str) -> timedelta | None:
    try:
        return parse_span(text.strip())
    except ValueError:
        return None


def _unlike(today: LibraryTemplate, other: LibraryTemplate | None) -> Iterator[FieldError]:
    """Why these two can't stand for one another: whether a text goes at all must not depend on the variant."""
    if other is None:
        return
    if other.channel != TEXT:
        yield FieldError("changes", f"'{other.title}' is an email. Choose a text.")
    if (other.text_class, other.purpose) != (today.text_class, today.purpose):
        yield FieldError(
            "changes",
            f"'{other.title}' is {other.text_class}, today's text {today.text_class}: they need one class and purpose.",
        )
    lacking = [LANGUAGES[one] for one in today.safe if one not in other.safe]
    if lacking:
        yield FieldError(
            "changes", f"'{other.title}' says nothing in {', '.join(lacking)} that everybody may read."
        )


def _of_others(running: tuple[Running, ...], fixed: Fixed) -> Iterator[FieldError]:
    """One experiment at a time on the same text or step."""
    for other in running:
        if (
            fixed.templates & other.fixed.templates
            or fixed.design.subject.key == other.fixed.design.subject.key
        ):
            yield FieldError(
                "subject", f"'{other.fixed.title}' is under way on the same text: one at a time."
            )


def proposal_of(fixed: Fixed) -> Proposal:
    """What one would have to ask for to get this: for editing a draft, and for looking at it again at its start."""
    design, what = fixed.design, MOMENT if fixed.moves else WORDING
    first, *others = design.variants
    variants = (Offered(first.words, first.percent), *(_offered(fixed, one, what) for one in others))
    return Proposal(
        title=fixed.title,
        kind=design.subject.kind,
        key=design.subject.key,
        what=what,
        variants=variants,
        metric=design.metric,
        baseline=design.baseline,
        smallest_difference=design.smallest_difference,
        people_a_month=design.people_a_month,
        planned_end=design.planned_end,
    )


def _offered(fixed: Fixed, variant: Variant, what: str) -> Offered:
    change = fixed.changes[variant.key]
    brings = {"template": change.template} if what == WORDING else {"offset": change.offset}
    return Offered(variant.words, variant.percent, **brings)
