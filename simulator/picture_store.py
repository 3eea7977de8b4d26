"""Picture bytes on disk, one file each, named by their media id."""

from pathlib import Path

from simulator.pictures import Picture
from simulator.texts import Media, new_sid


class PictureStore:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def store(self, picture: Picture) -> Media:
        """Written before the text that refers to it is in the journal."""
        self._folder.mkdir(parents=True, exist_ok=True)
        media = Media(new_sid("ME"), picture.content_type)
        path = self._folder / media.sid
        path.touch(mode=0o600)
        path.write_bytes(picture.content)
        return media

    def read(self, sid: str) -> bytes | None:
        path = self._folder / sid
        return path.read_bytes() if path.is_file() else None

    def clear(self) -> None:
        for path in self._folder.glob("ME*"):
            path.unlink(missing_ok=True)
