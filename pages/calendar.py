"""Calendar: who comes when, with whom, where; worked at the desk."""

from console.calendar import freed, view
from console.calendar.actions import ACTIONS
from console.parts.component import LiveComponent
from console.shell import page
from core.booking import rules
from core.domain.roles import Permission, closed_why

CALENDAR = LiveComponent("calendar/calendar")

with page(Permission.SEE_CALENDAR, "Calendar") as here:
    data = here.app.reference
    CALENDAR.mount(
        key="calendar",
        data={
            "works": here.actor.may(Permission.WORK_CALENDAR),
            "closed": closed_why(here.actor, Permission.WORK_CALENDAR),
            "places": view.places(data),
            "main": data.clinic.default_location,
            "services": view.services(data),
            **freed.choices(),
            "cancelled": list(rules.CANCELLED.items()),
            "step": data.bookable.rules.step,
        },
        actions=ACTIONS,
    )
