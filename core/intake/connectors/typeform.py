"""Typeform webhooks: answers carry no question, so they are joined to the definition by id and ref."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.errors import UnreadablePayload
from core.intake import consent_rules, text
from core.intake.connectors.connector import Connector, base64_hmac, same
from core.intake.draft import STANDARD_ANSWERS, Delivery, Draft
from core.intake.labels import field_of, form_type_by_title, is_tracking, speaks_of_consent
from core.intake.submission import ConsentGiven, Origin

NAME = "typeform"
YES_NO = frozenset({"boolean"})


@dataclass(frozen=True)
class _Answered:
    """One answer with its question. `kind` is Typeform's type of the answer."""

    ref: str
    title: str
    kind: str
    value: object


def verify(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    return same(headers.get("typeform-signature", ""), f"sha256={base64_hmac(secret, body)}")


def read(delivery: Delivery) -> Draft:
    document = text.load_object(delivery.body)
    form = document.get("form_response")
    if not isinstance(form, dict) or document.get("event_type") != "form_response":
        raise UnreadablePayload("This is no finished form: form_response is missing.")
    token = text.line(form.get("token"))
    if not token:
        raise UnreadablePayload("The response has no token to know it by.")
    answered = list(_answered(form))
    hidden = _object(form.get("hidden"))
    title = text.line(_object(form.get("definition")).get("title"))
    own = {field_of(key): value for key, value in hidden.items() if not is_tracking(key) and field_of(key)}
    return Draft(
        connector=NAME,
        external_id=token,
        source=text.line(hidden.get("source")),
        form_type=text.line(hidden.get("form_type")) or form_type_by_title(title),
        submitted_at=text.line(form.get("submitted_at")),
        answers=own | _answers(answered),
        consents=tuple(_consents(answered, text.line(form.get("form_id")))),
        tracking={key: value for key, value in hidden.items() if is_tracking(key)},
        extra=_extra(answered, hidden) | {"form": title},
        origin=Origin(page_url=text.line(hidden.get("page_url")), verified=delivery.verified),
        is_test=document.get("is_test") is True or form.get("is_test") is True,
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _answered(form: Mapping[str, Any]) -> Iterator[_Answered]:
    """Raises UnreadablePayload where the answers are no list."""
    answers = form.get("answers")
    if not isinstance(answers, list):
        raise UnreadablePayload("The response has no list of answers.")
    questions = _object(form.get("definition")).get("fields")
    by_id = {
        key: text.line(question.get("title"))
        for question in (questions if isinstance(questions, list) else [])
        if isinstance(question, dict)
        for key in (question.get("id"), question.get("ref"))
        if isinstance(key, str)
    }
    for answer in answers:
        asked = _object(_object(answer).get("field"))
        ref, kind = text.line(asked.get("ref")), text.line(_object(answer).get("type"))
        title = by_id.get(text.line(asked.get("id"))) or by_id.get(ref, "")
        yield _Answered(ref, title, kind, _value(_object(answer), kind))


def _value(answer: Mapping[str, Any], kind: str) -> object:
    value = answer.get(kind)
    if kind == "choice":
        return _object(value).get("label") or _object(value).get("other") or ""
    if kind == "choices":
        labels = _object(value).get("labels")
        other = _object(value).get("other")
        return [*(labels if isinstance(labels, list) else []), *([other] if other else [])]
    return value


def _asks_consent(answer: _Answered) -> bool:
    return answer.kind in YES_NO and speaks_of_consent(answer.ref, answer.title)


def _name_of(answer: _Answered) -> str:
    if answer.ref in STANDARD_ANSWERS:
        return answer.ref
    by_kind = {"phone_number": "phone", "email": "email"}.get(answer.kind, "")
    return by_kind or field_of(answer.ref, answer.title)


def _answers(answered: list[_Answered]) -> dict[str, object]:
    found: dict[str, object] = {}
    for answer in answered:
        name = "" if answer.kind in YES_NO else _name_of(answer)
        if name and name not in found:
            found[name] = answer.value
    return found


def _consents(answered: list[_Answered], form_id: str) -> Iterator[ConsentGiven]:
    for answer in filter(_asks_consent, answered):
        yield from consent_rules.by_wording(
            answer.title, ticked=consent_rules.is_ticked(answer.value), version=form_id
        )


def _extra(answered: list[_Answered], hidden: Mapping[str, Any]) -> dict[str, object]:
    """Questions that are none of ours, and hidden fields without a meaning of their own, under their titles."""
    taken = _answers(answered)
    others = {
        answer.title or answer.ref: answer.value
        for answer in answered
        if not _asks_consent(answer) and taken.get(_name_of(answer)) is not answer.value
    }
    return others | {key: value for key, value in hidden.items() if not is_tracking(key)}


TYPEFORM = Connector(NAME, verify, read, signs=True, accepts_garbage=True)
