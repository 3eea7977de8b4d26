"""What staff start around a call: log it, take it back, correct it, ask what 'wrong number' would close."""

from console.parts.component import Handler, Message
from console.parts.wording import moment_words
from console.process import current_app
from console.shell import Outcome, act
from core.app import App
from core.flows.leads import calls, wrong_numbers
from core.flows.leads.calls import Logged
from core.leads.reasons import CALL_OUTCOMES


def log_call(message: Message) -> Outcome:
    """`confirmed` goes with a wrong number, after the question."""
    app, outcome, note = current_app(), str(message["outcome"]), str(message.get("note") or "")
    confirmed = bool(message.get("confirmed"))
    logged: list[Logged] = []
    done = act(
        lambda session, actor, now: logged.append(
            calls.log(
                session, app.reference, actor, message["id"], outcome, note, now=now, confirmed=confirmed
            )
        )
    )
    if not logged:
        return done
    undo = {"action": "undo_call", "call": logged[0].call_id}
    return Outcome("done", words(app, outcome, logged[0]), undo, logged[0].call_id)


def words(app: App, outcome: str, logged: Logged) -> str:
    """'Call logged: no answer. Call again Tue 10:00 AM.'"""
    said = f"Call logged: {CALL_OUTCOMES[outcome].lower()}."
    if logged.next_at:
        when = moment_words(logged.next_at, app.clock.now(), app.settings.zone)
        return f"{said} Call again {when}."
    if logged.tries:
        return f"{said} {logged.tries} calls reached nobody and none is planned: decide what becomes of it."
    if outcome == "wrong_number":
        return f"{said} No text goes there. Ask for the right number."
    return said


def undo_call(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: calls.undo(
            session, current_app().reference, actor, str(message["call"]), now=now
        ),
        "Call taken back",
    )


def correct_call(message: Message) -> Outcome:
    app, outcome = current_app(), str(message["outcome"])
    confirmed = bool(message.get("confirmed"))
    logged: list[Logged] = []
    done = act(
        lambda session, actor, now: logged.append(
            calls.correct(
                session, app.reference, actor, str(message["call"]), outcome, now=now, confirmed=confirmed
            )
        )
    )
    return Outcome("done", words(app, outcome, logged[0])) if logged else done


def wrong_number(message: Message) -> Outcome:
    """The question before it: {phone, leads, texts}."""
    found: list[wrong_numbers.Reach] = []
    asked = act(
        lambda session, actor, _now: found.append(wrong_numbers.what_it_closes(session, actor, message["id"]))
    )
    if not found:
        return asked
    reach = found[0]
    return Outcome("done", value={"phone": reach.phone, "leads": list(reach.leads), "texts": reach.texts})


ACTIONS: dict[str, Handler] = {
    "log_call": log_call,
    "undo_call": undo_call,
    "correct_call": correct_call,
    "wrong_number": wrong_number,
}
