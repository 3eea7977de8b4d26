"""Draws one picture anew, in a process of its own: `python picture_child.py JPEG <picture >answer`.

A patient's phone, or whoever has its number, chooses these bytes: the decoder that reads them has no keys, no database,
no environment, little memory and little time. Nothing but the pixels comes out: no place, no camera, no text, no second
file.
The answer is the content type, a line break, and the bytes. It ends with TOO_MANY_PIXELS, or with CANT_READ.

It imports nothing of ours: it is run by its path, without the rest.
"""

import contextlib
import io
import resource
import sys

from PIL import Image, ImageCms, ImageOps

TOO_MANY_PIXELS, CANT_READ = 3, 4
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 4096
MOST_BYTES = 10_000_000
MEMORY, SECONDS = 1_500_000_000, 20


class TooManyPixels(Exception):
    """It would unpack to more than a photo holds."""


def limit() -> None:
    """As narrow as the system lets us. One that knows no such limit, or has a narrower one, costs no picture."""
    dumps = (resource.RLIMIT_CORE, 0)  # one would leave the picture on the disk
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), dumps):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def redraw(decoder: str, content: bytes) -> tuple[str, bytes]:
    """(content type, bytes) of the first frame, upright and in sRGB. Raises TooManyPixels, and what Pillow raises."""
    Image.MAX_IMAGE_PIXELS = None  # ours is narrower, and refuses instead of warning
    with Image.open(io.BytesIO(content), formats=[decoder]) as found:
        if found.width * found.height > MOST_PIXELS:
            raise TooManyPixels
        found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        found.load()
        picture = ImageOps.exif_transpose(found)
        see_through = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
        plain = _in_srgb(picture).convert("RGBA" if see_through else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain.info = {}
    return _written(plain, drawn=see_through or decoder in ("PNG", "GIF"))


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Colours as the phone meant them: pale skin must look pale. A profile that can't be used is left out."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode != "RGB":
        return picture
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, theirs, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return picture
    return changed or picture


def _written(picture: Image.Image, *, drawn: bool) -> tuple[str, bytes]:
    """Drawings and screenshots without loss where that stays small; photos as JPEG."""
    out = io.BytesIO()
    if drawn:
        picture.save(out, "PNG")
        if out.tell() <= MOST_BYTES:
            return "image/png", out.getvalue()
        out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=92)
    return "image/jpeg", out.getvalue()


def main() -> int:
    limit()
    try:
        content_type, content = redraw(sys.argv[1], sys.stdin.buffer.read(MOST_BYTES + 1))
    except TooManyPixels:
        return TOO_MANY_PIXELS
    except Exception:
        return CANT_READ
    sys.stdout.buffer.write(content_type.encode() + b"\n" + content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
