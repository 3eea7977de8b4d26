"""What a page may say to Streamlit on its socket."""

import re
from collections.abc import Iterator
from itertools import accumulate

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# A page runs anew, shows that it is there, stops a run of its own. Refused: clear_cache empties the caches of all,
# file_urls_request opens uploads, set_run_on_save and load_git_info are for developers, the rest no page of ours sends.
NEEDED = frozenset({"rerun_script", "app_heartbeat", "stop_script"})
# Streamlit reads a component's JSON before we see it, going down a call for each level and raising on a number that
# Python takes no longer. No page of ours nests more than a few.
DEEPEST = 100
ENDLESS = re.compile(r"\d{4301}")
PIECES = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
NUL, NONE = "\0", "\N{REPLACEMENT CHARACTER}"


class Malformed(Exception):
    """The bytes are no message of Streamlit's, or one that it would stumble over."""


def kept(data: bytes) -> bytes | None:
    """A message as it may go on; None for one that no page needs. Raises Malformed."""
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise Malformed from error
    if not _is_needed(message):
        return None
    if any(_is_endless(text) for text in _json_of(message)):
        raise Malformed
    return _without_nul(message) if b"\0" in data else data


def _is_needed(message: BackMsg) -> bool:
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":  # of these only the file that a button offers, made at the click
        return bool(message.backend_operation_request.WhichOneof("payload") == "deferred_file")
    return kind in NEEDED


def _json_of(message: BackMsg) -> Iterator[str]:
    for widget in message.rerun_script.widget_states.widgets:
        yield widget.json_value or widget.json_trigger_value


def _is_endless(text: str) -> bool:
    """Whether JSON is nested too deeply, or has a number that nobody reads. Few brackets are never deep: most JSON."""
    if ENDLESS.search(text):
        return True
    return text.count("[") + text.count("{") > DEEPEST and _depth(text) > DEEPEST


def _depth(text: str) -> int:
    steps = (STEPS.get(piece, 0) for piece in PIECES.findall(text))
    return max(accumulate(steps), default=0)


def _without_nul(message: BackMsg) -> bytes:
    """PostgreSQL holds no NUL in a text: one in a user name would end in an error instead of 'does not match'."""
    for widget in message.rerun_script.widget_states.widgets:
        if NUL in widget.string_value:
            widget.string_value = widget.string_value.replace(NUL, NONE)
    return bytes(message.SerializeToString())


def page_of(data: bytes) -> str:
    """The page's id where Streamlit says it, at the beginning of a run; else ''."""
    message = ForwardMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return ""
    return str(message.new_session.initialize.session_id) if message.HasField("new_session") else ""
