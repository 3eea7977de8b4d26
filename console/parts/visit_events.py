"""Lines of a timeline about stages, visits and the waitlist. Pure."""

from console.parts.event_lines import BY, Data, Line, Names, Teller, plain, stage
from core.booking.rules import CANCELLED


def _visit_cancelled(data: Data, who: str, _names: Names) -> Line:
    why = CANCELLED.get(data.get("reason", ""), "no reason").lower()
    return Line(f"{who} cancelled the visit: {why}", "close")


def _arrived(_data: Data, who: str, _names: Names) -> Line:
    if who == BY["patient"]:
        return Line("Arrived: the patient wrote HERE", "check")
    return Line(f"Arrived, marked by {who}", "check")


TAKEN_BACK = {
    "qualified": "that it is qualified",
    "booked": "the booking",
    "attended": "that they had arrived",
    "treated": "that they were checked out",
}


def _unmarked(data: Data, who: str, _names: Names) -> Line:
    return Line(f"{who} took back {TAKEN_BACK.get(str(data.get('stage')), 'the last mark')}", "undo")


# Where nobody of the staff booked it.
BOOKED_BY = {
    "link": "The patient booked on their own page",
    "widget": "Booked on the clinic's website",
    "api": "Booked by another system",
    "waitlist": "Booked from the waitlist",
}


def _booked(data: Data, who: str, names: Names) -> Line:
    alone = BOOKED_BY.get(str(data.get("came_by", "")))
    return Line(alone, "calendar") if alone else stage("Marked booked")(data, who, names)


NOT_BOOKED = {
    "ahead": "two visits of theirs, or of their number, are ahead",
    "address": "three were booked from the same connection within a day",
}


def _visit_asked(data: Data, _who: str, _names: Names) -> Line:
    why = NOT_BOOKED.get(str(data.get("why")), "nothing was booked by itself")
    return Line(f"Asked on the website for the time in the form, to be agreed on: {why}", "phone")


CAME_BY = {
    "link": " by their own link",
    "widget": " on the website",
    "api": " through another system",
    "waitlist": " from the waitlist",
}


TELLERS: dict[str, Teller] = {
    "booked": _booked,
    "attended": _arrived,
    "treated": stage("Checked out"),
    "qualified": stage("Marked qualified"),
    "unmarked": _unmarked,
    "link_opened": plain("The patient opened their booking page", "eye"),
    "link_asked": plain("The patient asked for a new booking link", "send"),
    "call_asked": plain("The patient asked for a call on their booking page", "phone"),
    "visit_asked": _visit_asked,
    "visit_moved": plain("{who} moved the visit", "calendar"),
    "visit_cancelled": _visit_cancelled,
    "visit_no_show": plain("No-show, marked by {who}", "alert"),
    "visit_put_back": plain("{who} put the visit back", "undo"),
    "waitlist_joined": plain("{who} joined the waitlist", "clock"),
    "waitlist_changed": plain("{who} changed what they wait for", "clock"),
    "waitlist_left": plain("{who} left the waitlist", "clock"),
    "waitlist_offered": plain("A time that came free was offered", "calendar"),
    "waitlist_taken": plain("The time that was offered is theirs", "calendar"),
    "visit_in_room": plain("In the room, marked by {who}", "check"),
    "visit_not_in_room": plain("{who} took back that they were in the room", "undo"),
    "move_asked": plain("{who} asked whether the visit may move", "calendar"),
    "move_declined": plain("The new time does not suit: the visit stays", "calendar"),
    "move_ask_over": plain("{who} asks no more whether the visit may move", "undo"),
}
