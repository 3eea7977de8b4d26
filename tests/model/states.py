"""One text, two schedulers, every interleaving: the states that the ledger, the hands and the provider can be in.

    planned --claim--> sending --settle--> sent | failed | planned (refused for now) | unknown (answer lost)
       |                  |
     cancel            take over (its owner is dead, frozen, or does not know of it)
       |                  v
    cancelled          unknown --look up--> sent (the list shows it) | planned (it does not)

    A hand is empty, or claimed and not called, or called and not settled. A crash empties it, a freeze keeps it.
    A callback, and an answer that comes late, move unknown, planned and this try's sending to sent.

Each arrow is one commit or one call, and a crash may come between any two of them. Three guards make it safe, and each
can be taken away: `fence` (a result counts only while the row has its owner and try), `look_up` (the list is asked
before a text goes again) and `in_time` (a claim that has grown old is not called, and settled as refused for now). Time
is left out: the list is asked only when it shows all that was taken, which is what the grace period is for.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

TRIES = 3
WHO = ("A", "B")
FINAL = ("sent", "failed", "cancelled")
ANSWERS = {"accepted": "sent", "refused": "failed", "busy": "planned", "lost": "unknown"}
ALL_GUARDS = frozenset({"fence", "look_up", "in_time"})


@dataclass(frozen=True)
class Hand:
    """What one scheduler has of the text: its try, and the answer once it called."""

    attempt: int
    answer: str = ""


@dataclass(frozen=True)
class World:
    """Everything that is true at a moment. `taken` are the tries that the provider accepted."""

    row: str = "planned"
    owner: str = ""
    attempt: int = 0
    hands: tuple[Hand | None, Hand | None] = (None, None)
    frozen: tuple[bool, bool] = (False, False)
    taken: tuple[int, ...] = ()
    promised: bool = False

    def with_hand(self, who: int, hand: Hand | None, **changes: object) -> "World":
        hands = (hand, self.hands[1]) if who == 0 else (self.hands[0], hand)
        return replace(self, hands=hands, **changes)  # type: ignore[arg-type]

    def with_frozen(self, who: int, frozen: bool) -> "World":
        return replace(self, frozen=(frozen, self.frozen[1]) if who == 0 else (self.frozen[0], frozen))


def moves(world: World, guards: frozenset[str]) -> Iterator[tuple[str, World]]:
    """Everything that can happen next, by name."""
    if world.row == "planned":
        yield "cancel", replace(world, row="cancelled", promised=True)
    if world.row == "unknown":
        found = bool(world.taken) and "look_up" in guards
        yield "look up", replace(world, row="sent" if found else "planned")
    if world.row == "sending" and _lost(world):
        yield "take over", replace(world, row="unknown")
    for attempt in world.taken:
        if _believed(world, attempt):
            yield "callback", replace(world, row="sent")
    for who in range(len(WHO)):
        yield from ((f"{WHO[who]} {name}", after) for name, after in _moves_of(world, who, guards))


def _moves_of(world: World, who: int, guards: frozenset[str]) -> Iterator[tuple[str, World]]:
    hand = world.hands[who]
    if world.frozen[who]:
        awake = world.with_frozen(who, frozen=False)
        too_late = hand and not hand.answer and "in_time" in guards
        yield "thaws", awake.with_hand(who, replace(hand, answer="busy")) if hand and too_late else awake
        return
    if hand is None and world.row == "planned" and world.attempt < TRIES:
        attempt = world.attempt + 1
        yield "claims", world.with_hand(who, Hand(attempt), row="sending", owner=WHO[who], attempt=attempt)
    if hand is None:
        return
    yield "crashes", world.with_hand(who, None)
    yield "freezes", world.with_frozen(who, frozen=True)
    if hand.answer:
        yield "settles", _settled(world, who, hand, guards)
        return
    taken = (*world.taken, hand.attempt)
    yield "calls: accepted", world.with_hand(who, replace(hand, answer="accepted"), taken=taken)
    yield "calls: taken, answer lost", world.with_hand(who, replace(hand, answer="lost"), taken=taken)
    for answer in ("lost", "busy", "refused"):
        yield f"calls: {answer}", world.with_hand(who, replace(hand, answer=answer))


def _lost(world: World) -> bool:
    """Nobody who is awake has it in hand."""
    who = WHO.index(world.owner)
    hand = world.hands[who]
    return world.frozen[who] or hand is None or hand.attempt != world.attempt


def _believed(world: World, attempt: int) -> bool:
    return world.row in ("unknown", "planned") or (world.row == "sending" and world.attempt == attempt)


def _settled(world: World, who: int, hand: Hand, guards: frozenset[str]) -> World:
    empty = world.with_hand(who, None)
    ours = (world.owner, world.attempt) == (WHO[who], hand.attempt) or "fence" not in guards
    if world.row == "sending" and ours:
        return replace(empty, row=ANSWERS[hand.answer])
    late = hand.answer == "accepted" and _believed(world, hand.attempt)
    return replace(empty, row="sent") if late else empty


def wrong(before: World, after: World) -> str:
    """Which promise a move broke; '' for none."""
    if len(after.taken) > 1:
        return "it arrived twice"
    if after.promised and after.taken:
        return "it arrived and was cancelled"
    if before.row in FINAL and after.row != before.row:
        return "it left a final state"
    if after.row == "sent" and not after.taken:
        return "it shows as sent and was not"
    return ""


def search(guards: frozenset[str]) -> tuple[int, dict[str, list[str]]]:
    """Visit every state, nearest first: how many there are, and the shortest way to each promise that is broken."""
    ways: dict[World, list[str]] = {World(): []}
    broken: dict[str, list[str]] = {}
    queue = deque(ways)
    while queue:
        world = queue.popleft()
        if fault := _at_rest(world, guards):
            broken.setdefault(fault, ways[world])
        for name, after in moves(world, guards):
            way = [*ways[world], name]
            if fault := wrong(world, after):
                broken.setdefault(fault, way)
            elif after not in ways:
                ways[after] = way
                queue.append(after)
    return len(ways), broken


CALM = ("thaws", "settles", "calls: accepted", "take over", "look up", "claims")


def _at_rest(world: World, guards: frozenset[str]) -> str:
    """Once nobody fails any more it ends, and the row tells what became of it; what is wrong with that, or ''."""
    for _ in range(20):
        calm = [after for word in CALM for name, after in moves(world, guards) if name.endswith(word)]
        if not calm:
            break
        world = calm[0]
    ended = world.row in FINAL or (world.row == "planned" and world.attempt == TRIES)
    if not ended:
        return "it never ends"
    return "" if (world.row == "sent") == bool(world.taken) else "the row does not say what became of it"
