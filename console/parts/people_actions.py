"""What staff decide about two profiles: one person, or two. Each is one flow, named by the pair or the merge."""

from console.parts.component import Handler, Message
from console.shell import Outcome, act
from core.flows.leads import merging


def merge(message: Message) -> Outcome:
    """`kept`: the profile that stays."""
    merged = act(
        lambda session, actor, now: merging.merge(
            session, actor, str(message["pair"]), str(message.get("kept") or ""), now=now
        )
    )
    if not merged.ok:
        return merged
    return Outcome("done", "Merged into one person", {"action": "unmerge", "merge": merged.value})


def unmerge(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: merging.unmerge(session, actor, str(message["merge"]), now=now),
        "Two people again, each with what was theirs",
    )


def keep_apart(message: Message) -> Outcome:
    pair = str(message["pair"])
    return act(
        lambda session, actor, now: merging.keep_apart(session, actor, pair, now=now),
        "Kept apart: nobody is asked about these two again",
        undo={"action": "ask_again", "pair": pair},
    )


def ask_again(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: merging.ask_again(session, actor, str(message["pair"]), now=now),
        "On the list again",
    )


ACTIONS: dict[str, Handler] = {
    "merge": merge,
    "unmerge": unmerge,
    "keep_apart": keep_apart,
    "ask_again": ask_again,
}
