"""Patients' pictures drawn anew by a process apart (`picture_child`)."""

import subprocess
import sys
from pathlib import Path

from core.domain.ports import CantRedraw, Redrawn

SECONDS = 40
CHILD = Path(__file__).with_name("picture_child.py")  # not imported: its library is large
TOO_MANY_PIXELS = 3  # the child's word for it


def redraw(decoder: str, content: bytes) -> Redrawn:
    """The picture without anything but its pixels. Raises CantRedraw; OSError where no process can be started."""
    # Isolated: it reads no variable and no folder but the library's own.
    command = [sys.executable, "-I", "-B", str(CHILD), decoder]
    try:
        answer = subprocess.run(  # noqa: S603
            command, input=content, capture_output=True, timeout=SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise CantRedraw("damaged") from error
    if answer.returncode == TOO_MANY_PIXELS:
        raise CantRedraw("huge")
    content_type, line_break, drawn = answer.stdout.partition(b"\n")
    if answer.returncode or not line_break or not drawn:
        raise CantRedraw("damaged")
    return Redrawn(content_type.decode("ascii"), drawn)
