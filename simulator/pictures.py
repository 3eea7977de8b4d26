"""Pictures that patients send: a few drawn in code, as a phone's camera stores them, or a chosen file."""

import base64
import binascii
import io
import random
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageDraw, ImageFilter

LARGEST = 5 * 1024 * 1024
ACCEPTED_TYPES = frozenset(
    {
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "application/pdf", "audio/amr",
        "video/3gpp", "video/mp4", "text/vcard", "text/x-vcard",
    }
)  # fmt: skip
SIZE = (480, 360)
SKIN = {"cheek": (226, 178, 150), "forehead": (198, 146, 116), "hand": (148, 102, 78)}


@dataclass(frozen=True)
class Picture:
    content_type: str
    content: bytes


def draw_picture(name: str) -> Picture:
    """One of 'cheek', 'forehead', 'hand', the same bytes every time. Raises ValueError for another name.

    It carries a made-up place and camera in its EXIF data, so that removing them can be seen to work.
    """
    if name not in SKIN:
        raise ValueError(f"there is no picture '{name}'; choose one of {', '.join(SKIN)}")
    dice = random.Random(name)
    image = Image.new("RGB", SIZE, SKIN[name])
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y, size = dice.randrange(SIZE[0]), dice.randrange(SIZE[1]), dice.randrange(20, 150)
        change = dice.randrange(-24, 20)
        red, green, blue = (part + change for part in SKIN[name])
        draw.ellipse((x - size, y - size, x + size, y + size), fill=(red, green, blue))
    image = image.filter(ImageFilter.GaussianBlur(22))
    mark = ImageDraw.Draw(image)
    for _ in range(5):
        x, y, size = dice.randrange(150, 330), dice.randrange(110, 250), dice.randrange(5, 14)
        mark.ellipse((x - size, y - size, x + size, y + size), fill=(188, 84, 78))
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(3)).save(out, "JPEG", quality=80, exif=_exif())
    return Picture("image/jpeg", out.getvalue())


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Made-up"
    exif[ExifTags.Base.Model] = "Pretend Phone 1"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = (28.0, 32.0, 18.0)
    place[ExifTags.GPS.GPSLongitudeRef] = "W"
    place[ExifTags.GPS.GPSLongitude] = (81.0, 22.0, 45.0)
    return exif


def read_upload(content_type: str, encoded: str) -> Picture:
    """A file chosen in the browser, base64. Raises ValueError saying what is wrong with it."""
    if content_type not in ACCEPTED_TYPES:
        raise ValueError(f"a picture message can't carry {content_type or 'a file without a type'}")
    try:
        content = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ValueError("the picture is not base64") from error
    if not 0 < len(content) <= LARGEST:
        raise ValueError("a picture message carries up to 5 MB")
    return Picture(content_type, content)
