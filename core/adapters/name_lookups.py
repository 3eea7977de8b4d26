"""Names looked up in threads of their own: nothing ends a `getaddrinfo` early, and a slow name server takes half a
minute. Whoever asks may go away; the thread stays until there is an answer, and the next who asks for that name joins.
"""

import socket
from concurrent.futures import Future
from threading import Lock, Thread

MOST = 64  # names at once: more than one person's browsers can name, less than would hurt


class NameLookups:
    """Addresses of names; one thread for each name that is being looked up. Its threads hold up no process's end."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, int], Future[list[str]]] = {}
        self._lock = Lock()

    def ask(self, host: str, port: int) -> Future[list[str]]:
        """The addresses, once they are known; cancelling it has no effect. Raises OSError where too many are asked."""
        key = (host, port)
        with self._lock:
            if key in self._asked:
                return self._asked[key]
            if len(self._asked) >= MOST:
                raise OSError("too many names at once")
            asked = self._asked[key] = Future()
            asked.set_running_or_notify_cancel()  # several may wait for it: one that gives up cancels nobody's
        Thread(target=self._look_up, args=(key, asked), name="name-lookup", daemon=True).start()
        return asked

    def _look_up(self, key: tuple[str, int], asked: Future[list[str]]) -> None:
        try:
            found = socket.getaddrinfo(*key, type=socket.SOCK_STREAM)
            addresses, failed = [str(one[4][0]) for one in found], None
        except Exception as error:
            addresses, failed = [], error if isinstance(error, OSError) else OSError(type(error).__name__)
        with self._lock:
            del self._asked[key]
        if failed:
            asked.set_exception(failed)
        else:
            asked.set_result(addresses)
