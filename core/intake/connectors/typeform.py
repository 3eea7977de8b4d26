"""Typeform webhooks: answers carry no question, so they are joined to the definition by id and ref."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.errors import UnreadablePayload
from core.intake import consent_rules, text
from core.intake.connectors.connector import Connector, base64_hmac, same
from core.intake.draft import Delivery, Draft
from core.intake.labels import form_type_by_title, is_tracking, speaks_of_consent
from core.intake.submission import ConsentGiven, Origin
from core.intake.whose import CHOSEN, Asked, own

NAME = "typeform"
YES_NO = frozenset({"boolean"})
# What may answer a question about consent; a date or a number does not.
SAYS_SOMETHING = frozenset({"boolean", "choice", "choices", "text"})
TYPES = {"phone_number": "phone", "email": "email", "choice": CHOSEN, "choices": CHOSEN, "boolean": CHOSEN}


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
    answers, left = _answers([answer for answer in answered if not _gave_consent(answer)])
    prefilled, _ = _answers(list(_hidden(hidden)))
    return Draft(
        connector=NAME,
        external_id=token,
        source=text.line(hidden.get("source")),
        form_type=text.line(hidden.get("form_type")) or form_type_by_title(title),
        submitted_at=text.line(form.get("submitted_at")),
        answers=prefilled | answers,
        consents=tuple(_consents(answered, text.line(form.get("form_id")))),
        tracking={key: value for key, value in hidden.items() if is_tracking(key)},
        extra=_extra(left, hidden) | {"form": title},
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
    by_id = dict(_titles(_object(form.get("definition"))))
    for answer in answers:
        asked = _object(_object(answer).get("field"))
        ref, kind = text.line(asked.get("ref")), text.line(_object(answer).get("type"))
        title = by_id.get(text.line(asked.get("id"))) or by_id.get(ref, "")
        yield _Answered(ref, title, kind, _value(_object(answer), kind))


def _titles(parent: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The title of each question under its id and its ref, those inside a group too."""
    questions = parent.get("fields")
    for question in questions if isinstance(questions, list) else []:
        known = _object(question)
        for key in (known.get("id"), known.get("ref")):
            if isinstance(key, str):
                yield key, text.line(known.get("title"))
        yield from _titles(_object(known.get("properties")))


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
    return answer.kind in SAYS_SOMETHING and speaks_of_consent(answer.ref, answer.title)


def _gave_consent(answer: _Answered) -> bool:
    """Whether it is in the ledger; what proves neither a yes nor a no stays among the answers."""
    return _asks_consent(answer) and bool(tuple(_consents([answer], "")))


def _hidden(hidden: Mapping[str, Any]) -> Iterator[_Answered]:
    """Hidden fields stand behind whatever the person answered."""
    return (_Answered(key, "", "", value) for key, value in hidden.items() if not is_tracking(key))


def _answers(asked: list[_Answered]) -> tuple[dict[str, object], list[_Answered]]:
    """(what the person said by our names, the answers that were not used up for it)."""
    usable = [answer for answer in asked if answer.kind not in YES_NO]
    taken = own([Asked((one.ref, one.title), one.value, TYPES.get(one.kind, "")) for one in usable])
    used = [usable[place] for place in taken.values()]
    found = {name: usable[place].value for name, place in taken.items()}
    return found, [answer for answer in asked if not any(answer is one for one in used)]


def _consents(answered: list[_Answered], form_id: str) -> Iterator[ConsentGiven]:
    for answer in filter(_asks_consent, answered):
        yield from consent_rules.by_answer(answer.value, answer.title, asked=answer.ref, version=form_id)


def _extra(left: list[_Answered], hidden: Mapping[str, Any]) -> dict[str, object]:
    """Questions that are none of ours, and hidden fields without a meaning of their own, under their titles."""
    others = {answer.title or answer.ref: answer.value for answer in left}
    return others | {key: value for key, value in hidden.items() if not is_tracking(key)}


TYPEFORM = Connector(NAME, verify, read, signs=True, accepts_garbage=True)
