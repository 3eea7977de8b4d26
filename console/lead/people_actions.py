"""What staff set right on a lead's page: what we know of somebody, their consent."""

from datetime import datetime

from sqlalchemy.orm import Session

from console.parts import people_actions
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act
from core.domain.roles import Actor
from core.flows.leads import correcting, unencrypted_texts, verbal_consent
from core.flows.leads.correcting import Corrected


def correct(message: Message) -> Outcome:
    """`changed`: field to text, only what the person changed; what a colleague wrote meanwhile elsewhere stays."""
    reference, done = current_app().reference, list[Corrected]()
    changed = {str(name): str(value) for name, value in message["changed"].items()}

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        done.append(correcting.correct(session, reference, actor, message["id"], changed, now=now))

    outcome = act(flow)
    if not outcome.ok:
        return outcome
    if not done[0].batch:
        return Outcome("done", "Nothing was different")
    return Outcome("done", what_follows(done[0]), {"action": "undo_correction", "batch": done[0].batch})


def what_follows(done: Corrected) -> str:
    """'Corrected. 4 texts to the old number were stopped. No text goes to the new one until consent is recorded.'"""
    said = ["Corrected"]
    if done.stopped:
        said.append(
            "1 text to the old number was stopped"
            if done.stopped == 1
            else f"{done.stopped} texts to the old number were stopped"
        )
    if done.call_only:
        said.append("No text goes to the new number until consent is recorded for it")
    return ". ".join(said)


def undo_correction(message: Message) -> Outcome:
    reference = current_app().reference
    return act(
        lambda session, actor, now: correcting.undo(
            session, reference, actor, str(message["batch"]), now=now
        ),
        "As it was before",
    )


def record_consent(message: Message) -> Outcome:
    """The wording was read out and agreed to."""
    reference = current_app().reference
    return act(
        lambda session, actor, now: verbal_consent.record(
            session, reference, actor, message["id"], verbal_consent.wording(reference), now=now
        ),
        "Consent recorded: texts may go to this number",
    )


def allow_naming(message: Message) -> Outcome:
    """The warning was read out, and they want texts that name what is treated."""
    words = unencrypted_texts.wording(current_app().reference)
    return act(
        lambda session, actor, now: unencrypted_texts.record(session, actor, message["id"], words, now=now),
        "Noted: texts may name the treatment",
        undo={"action": "end_naming"},
    )


def end_naming(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: unencrypted_texts.withdraw(session, actor, message["id"], now=now),
        "Noted: texts say 'your visit' from now on",
    )


ACTIONS: dict[str, Handler] = {
    **people_actions.ACTIONS,
    "correct": correct,
    "undo_correction": undo_correction,
    "record_consent": record_consent,
    "allow_naming": allow_naming,
    "end_naming": end_naming,
}
