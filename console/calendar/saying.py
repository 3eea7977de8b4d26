"""Moments in the words of a toast, on the wall of the location that the calendar shows."""

from datetime import datetime

from console.parts.component import Message
from console.parts.wording import moment_words
from console.process import current_app


def said(at: datetime, message: Message) -> str:
    """'Tue 9:00 AM', as of now; every message of the calendar names its `location`."""
    app = current_app()
    place = app.reference.clinic.locations.get(str(message.get("location")))
    return moment_words(at, app.clock.now(), place.hours.zone if place else app.settings.zone)
