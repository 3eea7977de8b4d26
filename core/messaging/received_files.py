"""Files that patients send: what their first bytes say they are, what becomes of each kind, and how that is said. Pure.

What is a picture is drawn anew and shown. Sound, film, documents and pictures that can't be drawn are kept as they
came, to download, and never shown by a browser. Everything else is not kept, and the conversation says why.
"""

from dataclasses import dataclass

MOST_BYTES = 10_000_000
_SIGNATURES: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"BM", 0, "image/bmp"),
    (b"%PDF-", 0, "application/pdf"),
    (b"#!AMR", 0, "audio/amr"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"\xff\xf3", 0, "audio/mpeg"),
    (b"\xff\xf1", 0, "audio/aac"),
    (b"\xff\xf9", 0, "audio/aac"),
    (b"OggS", 0, "audio/ogg"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    "image/heic": (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"),
    "image/avif": (b"avif", b"avis"),
    "audio/mp4": (b"M4A ", b"M4B "),
    "video/3gpp": (b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gr6", b"3gs6", b"3g2a", b"3g2b", b"3ge6"),
    "video/quicktime": (b"qt  ",),
    "video/mp4": (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"mmp4"),
}
# Pillow's name of the one decoder that is let near it.
DRAWN = {
    "image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP", "image/avif": "AVIF",
    "image/bmp": "BMP",
}  # fmt: skip
KEPT = {
    "application/pdf": ("PDF document", "pdf"), "image/heic": ("Picture that this screen can't show (HEIC)", "heic"),
    "audio/amr": ("Sound", "amr"), "audio/mpeg": ("Sound", "mp3"), "audio/aac": ("Sound", "aac"),
    "audio/ogg": ("Sound", "ogg"), "audio/wav": ("Sound", "wav"), "audio/mp4": ("Sound", "m4a"),
    "video/3gpp": ("Film", "3gp"), "video/quicktime": ("Film", "mov"), "video/mp4": ("Film", "mp4"),
    "video/x-msvideo": ("Film", "avi"),
}  # fmt: skip
SHOWN = frozenset({"image/jpeg", "image/png"})  # what drawing anew makes
SAYS_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream"})
AGAIN = "Ask them to send it again."
WHY_NOT = {
    "too_large": "larger than 10 MB. Ask for a smaller one.",
    "lies": "it is not what it says it is. Ask what they meant to send.",
    "damaged": f"the picture can't be read. {AGAIN}",
    "huge": "more pixels than any photo has. Ask for an ordinary photo.",
    "contact": "a contact card. Ask for the number as a text.",
    "kind": "a kind of file that can't be taken in safely. Ask for a photo or a PDF.",
    "elsewhere": f"it does not lie at our provider. {AGAIN}",
    "unreachable": f"the provider did not hand it out in a day. {AGAIN}",
}


@dataclass(frozen=True)
class Kind:
    """What becomes of a file: drawn anew by `decoder`, or kept as it came, or (`refused`, a key of WHY_NOT) neither."""

    content_type: str
    decoder: str = ""
    refused: str = ""


def judge(announced: str, content: bytes) -> Kind:
    """What a file is by its content, and what becomes of it. `announced`: the type that came with it, '' for none."""
    found, says = sniff(content), announced.partition(";")[0].strip().casefold()
    if found == "text/vcard":
        return Kind(found, refused="contact")
    if found is None:
        known = says in DRAWN or says in KEPT or says.startswith(("image/", "audio/", "video/"))
        return Kind(says, refused="lies" if known else "kind")
    if says not in SAYS_NOTHING and _family(says) != _family(found):
        return Kind(found, refused="lies")
    return Kind(found, decoder=DRAWN.get(found, ""))


def sniff(content: bytes) -> str | None:
    """The type that the first bytes show, of those that we know."""
    for signature, at, content_type in _SIGNATURES:
        if content.startswith(signature, at):
            return content_type
    if content[:4] == b"RIFF":
        return _RIFF.get(content[8:12])
    if content[4:8] == b"ftyp":
        return next((kind for kind, brands in _BRANDS.items() if content[8:12] in brands), None)
    return (
        "text/vcard" if content[:64].lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCARD") else None
    )


def _family(content_type: str) -> str:
    """Phones call a film a sound and a PNG a JPEG; a document is no picture by any mistake."""
    first = content_type.partition("/")[0]
    return "film or sound" if first in ("audio", "video") else first


def words(content_type: str, refused: str, *, ready: bool) -> str:
    """What the conversation says in place of a file, '' where it is shown."""
    if refused:
        return f"Not kept: {WHY_NOT.get(refused, WHY_NOT['kind'])}"
    if not ready:
        return (
            "Picture on its way"
            if content_type.startswith("image/") or not content_type
            else "File on its way"
        )
    return "" if content_type in SHOWN else f"{label(content_type)}, kept as a file to download"


def label(content_type: str) -> str:
    return KEPT.get(content_type, ("File", ""))[0]


def file_name(content_type: str, media_id: str) -> str:
    """A name that tells nothing of the patient, with the ending of what it is."""
    return f"received-{media_id[-8:]}.{KEPT.get(content_type, ('', 'bin'))[1]}"
