"""The widget's form as a hosted form: which boxes it has, and the document that is kept of it. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from core.domain.errors import FieldError
from core.intake.submission import TEXTS
from gateway.embed import words
from gateway.hosted.definition import Box, Field, HostedForm

TRANSACTIONAL = "transactional"
SCOPES = (TRANSACTIONAL, "marketing")  # texts that name a treatment are asked for elsewhere
CARRIED_ON = ("treatment", "location", "language", "wished_time", "embedded_on")


def form_of(request_form: HostedForm, language: str) -> HostedForm:
    """Name, phone, email, and two of the boxes that every hosted form has, word for word."""
    said = words.words_in(language)
    asked = (
        Field("name", said["name"], "text", True, said["missing_name"], autocomplete="name", max_length=100),
        Field("phone", said["phone"], "tel", True, said["missing_phone"], autocomplete="tel", max_length=40),
        Field("email", said["email"], "email", autocomplete="email", max_length=254, hint=said["email_for"]),
    )
    unseen = tuple(Field(name, "", "hidden") for name in CARRIED_ON)
    return replace(
        request_form,
        slug="booking",
        fields=(*asked, *unseen),
        boxes=boxes_of(request_form),
        after=said["choice"],
    )


def boxes_of(form: HostedForm) -> tuple[Box, ...]:
    return tuple(box for box in form.boxes if box.scope in SCOPES and box.channel == TEXTS)


def faults_in(errors: list[FieldError], language: str) -> list[FieldError]:
    """What our rules refuse, in the language of the page."""
    if language != "es":
        return errors
    said = set(words.SPANISH.values())
    return [
        one
        if one.message in said
        else FieldError(one.field, words.SPANISH_FAULTS.get(one.field, one.message))
        for one in errors
    ]


def told(form: HostedForm, values: Mapping[str, str]) -> str:
    """How whoever sent it hears of the booking: 't' by text, 'e' by email.

    By what they chose here alone: who types in another's number must not learn whether it once opted out.
    """
    by_text = any(values.get(box.name) for box in form.boxes if box.scope == TRANSACTIONAL)
    return ("t" if by_text else "") + ("e" if values.get("email", "").strip() else "")
