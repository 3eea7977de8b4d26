"""A file that a patient sent, as conversations show it: drawn, to download, or in words why neither."""

from typing import Any

from core.messaging import received_files
from core.reads.parts.conversation import Picture


def file_row(picture: Picture) -> dict[str, Any]:
    """`words` stand in place of what is not shown; `file` where it can be downloaded."""
    words = received_files.words(picture.content_type, picture.refused, ready=picture.ready)
    return {
        "id": picture.id,
        "shown": not words,
        "words": words,
        "file": picture.ready and bool(words),
        "refused": bool(picture.refused),
    }
