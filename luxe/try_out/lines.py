"""JSON lines in, one JSON line out for each, in order and with the same `id`."""

import json
import os
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any, BinaryIO, NoReturn, Protocol, cast

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import OperationalError

from core.domain.errors import InvalidInput, SettingsError
from core.reference import Reference
from luxe.opening import CommandError

# What can be tried. A kind is read when it is asked for: none pays for what another one needs.
KINDS = {
    "template": "wording with its values filled in, or why it is refused",
    "segments": "how many segments a text is, without and with Smart Encoding",
    "reply": "what a patient's text is read as, and what it sets off",
    "phone": "how a number is read, and whether it may be texted",
    "hours": "whether a text may reach a person at a moment, which rule says so, and when it may",
    "clock": "when so many open, unpaused minutes have passed, or how many have",
    "assign": "who is given a lead, by which rule, and why nobody else",
    "plan": "what of a sequence one person would be sent, when, and why the rest is not",
    "stats": "what the statistics of experiments make of counts and probabilities",
}
# These go by what the clinic published. The others need no database, and open none.
BY_THE_CLINIC = frozenset({"reply", "hours", "assign", "plan"})


class Kind(Protocol):
    """A file of this folder."""

    @property
    def Line(self) -> type[BaseModel]: ...  # noqa: N802

    def answer(self, line: Any, reference: Reference, /) -> dict[str, Any]: ...


def open_kind(name: str) -> Kind:
    """Raises CommandError, naming the kinds there are."""
    if name not in KINDS:
        raise CommandError(f"'{name}' can't be tried. There is: {', '.join(sorted(KINDS))}.")
    return cast(Kind, import_module(f"{__package__}.{name}"))


def known_to(kind: str, shipped: Reference) -> Reference:
    """What a kind answers by, read anew. Raises SettingsError, and CommandError where `luxe migrate` comes first."""
    if kind not in BY_THE_CLINIC:
        return shipped
    in_use = import_module(f"{__package__}.in_use")
    in_use.forget()
    return cast(Reference, in_use.reference(shipped))


def answer_lines(kind: Kind, reference: Reference, lines: Iterable[bytes], out: BinaryIO) -> bool:
    """Answer each line as soon as it is there, blank ones left out; whether all of them could be read."""
    all_read = True
    for raw in lines:
        if not raw.strip():
            continue
        answer = answer_line(kind, reference, raw)
        all_read = all_read and "error" not in answer
        out.write(json.dumps(answer).encode() + b"\n")
        out.flush()
    return all_read


def answer_line(kind: Kind, reference: Reference, raw: bytes) -> dict[str, Any]:
    """The answer with the line's id, or `error` with the field and what is wrong with it."""
    document: Mapping[str, Any] = {}
    try:
        document = _read(raw)
        line = kind.Line.model_validate(document)
        said = {"id": document.get("id")} | kind.answer(line, reference)
    except ValidationError as error:
        said = _refusal(document, *_fault(error))
    except InvalidInput as error:
        said = _refusal(document, error.errors[0].field, error.errors[0].message)
    except (CommandError, SettingsError, OperationalError):
        raise  # it is no line's fault
    except Exception as error:
        # A case that our rules break on is worth knowing; the cases after it are still answered.
        said = _refusal(document, "line", f"The rules could not answer this: {type(error).__name__}.")
    return said


def _read(raw: bytes) -> Mapping[str, Any]:
    """Raises InvalidInput for what is no JSON object, or has an id that can't be given back."""
    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise InvalidInput.of("line", "This is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput.of("line", "This is not JSON.") from error
    if not isinstance(document, dict):
        raise InvalidInput.of("line", "Write a JSON object.")
    try:
        json.dumps(document.get("id"), allow_nan=False)
    except (ValueError, RecursionError) as error:
        document["id"] = None
        raise InvalidInput.of("id", "Use an id that JSON can give back.") from error
    return document


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _fault(error: ValidationError) -> tuple[str, str]:
    """The first fault: its field in the line, and for what stands deeper also where."""
    first = error.errors(include_url=False)[0]
    field, *deeper = map(str, first["loc"] or ("line",))  # a fault of several fields has no place of its own
    message = first["msg"].removeprefix("Value error, ")
    return field, f"{'.'.join(deeper)}: {message}" if deeper else message


def _refusal(document: Mapping[str, Any], field: str, message: str) -> dict[str, Any]:
    return {"id": document.get("id"), "error": {"field": field, "message": message}}


def leave_quietly(out: BinaryIO) -> None:
    """Nobody reads on: what is still in the buffer goes nowhere, and the interpreter's last flush says nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
