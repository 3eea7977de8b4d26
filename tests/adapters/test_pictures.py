"""A patient's picture drawn anew by a process apart: its pixels come out, and nothing else."""

import io
import struct
import zlib

import pytest
from PIL import ExifTags, Image, ImageDraw

from core.adapters.pictures import redraw
from core.domain.ports import CantRedraw
from simulator.pictures import draw_picture

SCRIPT = b"<script>fetch('https://example.com')</script>"


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def written(picture: Image.Image, decoder: str, **named: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, decoder, **named)
    return out.getvalue()


def test_place_and_camera_are_gone_and_the_picture_is_there() -> None:
    sent = draw_picture("cheek").content
    assert opened(sent).getexif().get(ExifTags.Base.Model)
    drawn = redraw("JPEG", sent)
    picture = opened(drawn.content)
    assert (drawn.content_type, picture.size) == ("image/jpeg", opened(sent).size)
    assert not picture.getexif()
    assert b"Pretend Phone" not in drawn.content
    assert b"Exif" not in drawn.content


def test_a_picture_taken_sideways_stands_upright() -> None:
    """What said so is removed with the rest."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    assert opened(redraw("JPEG", written(Image.new("RGB", (40, 20)), "JPEG", exif=exif)).content).size == (
        20,
        40,
    )


@pytest.mark.parametrize("decoder", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP"])
def test_what_hides_behind_a_picture_is_gone(decoder: str) -> None:
    """A picture that is a page, an archive or a document as well."""
    picture = Image.new("RGB", (32, 32), (200, 120, 110))
    ImageDraw.Draw(picture).ellipse((4, 4, 20, 20), fill=(90, 20, 30))
    for tail in (SCRIPT, b"PK\x03\x04archive", b"%PDF-1.7 document"):
        drawn = redraw(decoder, written(picture, decoder) + tail)
        assert tail not in drawn.content
        red, green, _ = opened(drawn.content).convert("RGB").getpixel((28, 28))  # type: ignore[misc]
        assert abs(red - 200) < 12
        assert abs(green - 120) < 12


def test_words_inside_a_picture_are_gone() -> None:
    """In a comment, in a text of its own, in a profile of colours."""
    drawn = redraw("JPEG", written(Image.new("RGB", (9, 9)), "JPEG", comment=SCRIPT, icc_profile=SCRIPT))
    assert b"script" not in drawn.content
    text = b"Comment\0" + SCRIPT
    png = written(Image.new("RGB", (9, 9)), "PNG")
    chunk = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    assert b"script" not in redraw("PNG", png[:33] + chunk + png[33:]).content


def test_what_is_seen_through_stays_so() -> None:
    drawn = redraw("PNG", written(Image.new("RGBA", (9, 9), (1, 2, 3, 0)), "PNG"))
    assert opened(drawn.content).mode == "RGBA"


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to `side` times `side` pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_000, 60_000, 2_000_000_000])
def test_a_picture_that_would_unpack_without_end_is_refused(side: int) -> None:
    with pytest.raises(CantRedraw) as refused:
        redraw("PNG", bomb(side))
    assert refused.value.why in ("huge", "damaged")


def test_a_large_photo_is_made_as_large_as_a_screen_needs() -> None:
    drawn = redraw("JPEG", written(Image.new("RGB", (8_000, 6_000)), "JPEG", quality=20))
    assert max(opened(drawn.content).size) <= 4_096


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", SCRIPT])
@pytest.mark.parametrize("decoder", ["JPEG", "PNG"])
def test_what_can_not_be_read_is_refused(decoder: str, content: bytes) -> None:
    with pytest.raises(CantRedraw, match="damaged"):
        redraw(decoder, content)


def test_a_picture_cut_off_is_refused() -> None:
    sent = draw_picture("cheek").content
    with pytest.raises(CantRedraw, match="damaged"):
        redraw("JPEG", sent[: len(sent) // 2])


def test_only_the_decoder_that_its_first_bytes_name_is_tried() -> None:
    with pytest.raises(CantRedraw, match="damaged"):
        redraw("JPEG", written(Image.new("RGB", (9, 9)), "PNG"))
