"""Whose page each of Streamlit's sessions is: a browser sends its id to come back to it; alone it opens nothing."""

import threading
from collections import OrderedDict

MOST = 10_000  # Streamlit itself keeps a few hundred


class Pages:
    """Streamlit's session ids with the staff session that each shows. Written by page runs, read by the gate."""

    def __init__(self, most: int = MOST) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def belongs(self, page_id: str, session_id: str) -> None:
        """From now on `page_id` shows what `session_id` may see."""
        with self._lock:
            self._owners[page_id] = session_id
            self._owners.move_to_end(page_id)
            while len(self._owners) > self._most:
                self._owners.popitem(last=False)

    def leave(self, page_id: str) -> None:
        """Nobody is signed in there any more."""
        with self._lock:
            self._owners.pop(page_id, None)

    def owner(self, page_id: str) -> str:
        """The staff session of a page, '' where nobody is signed in or nobody knows the page."""
        with self._lock:
            return self._owners.get(page_id, "")


PAGES = Pages()  # of this process, as Streamlit's own sessions are
