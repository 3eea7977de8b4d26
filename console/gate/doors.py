"""Which addresses of the console lead anywhere. What is not named here is not there: Streamlit's other routes too."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

GET = frozenset({"GET", "HEAD"})
POST = frozenset({"POST"})
TICKET_BYTES = 1024
FRAME_BYTES = 256 * 1024  # what a page sends with each run: the state of its fields, a draft among them
FOLLOW_BYTES = 16 * 1024  # the topics that a page follows
# Of a path that was decoded already: nothing that a file system or a log could take for something else.
STRANGE = re.compile(r"\.\.|//|\\|[\x00-\x20\x7f]")


@dataclass(frozen=True)
class Door:
    """An address of the console, or all below it where `path` ends in '/'.

    `body`: how many bytes may be sent there, on a socket in one message. `signed_in`: nobody else is answered.
    `cost`: of one request, in those that an address may send each second.
    """

    path: str
    methods: frozenset[str] = GET
    body: int = 0
    signed_in: bool = False
    cost: float = 1.0

    def fits(self, path: str) -> bool:
        return (
            path.startswith(self.path) if self.path.endswith("/") and self.path != "/" else path == self.path
        )


# Without a sign-in one gets Streamlit's shell with the sign-in on it, and the scripts of both: no data of the clinic.
DOORS = (
    Door("/"),
    Door(
        "/static/", cost=0.1
    ),  # Streamlit's own scripts, styles and typefaces: a page asks for a hundred, once
    Door("/luxe/", cost=0.1),  # ours
    Door("/alerts/worker.js"),  # shows pushes; a browser keeps it, and looks each day whether it has changed
    Door("/favicon.png"),
    Door("/_stcore/health"),  # the shell asks these two before it connects
    Door("/_stcore/host-config"),
    Door("/session", POST, body=TICKET_BYTES),
    Door("/sign-out", POST),
    Door("/wall/"),  # its link is its key
    Door("/pictures/", signed_in=True),
    Door("/media/", signed_in=True),  # what a page offers for download
)
# Streamlit's own way to an identity provider and back: there only where one is set up.
PROVIDER = (Door("/auth/login"), Door("/auth/logout"), Door("/oauth2callback"))
STREAM = Door("/_stcore/stream", body=FRAME_BYTES, cost=4.0)  # a run of the page follows
SOCKETS = (STREAM, Door("/live", body=FOLLOW_BYTES))
PATHS = frozenset(one.path for one in SOCKETS)
WALL = re.compile(r"/wall/[^/]+/live")
PAGE = re.compile(
    r"/(?!oauth2callback\b)[a-z][a-z0-9-]*/?"
)  # a page, or a word that console/routes.py leads home


def door(path: str, doors: Iterable[Door] = DOORS) -> Door | None:
    """The door that a request's decoded path leads to; None for none."""
    if STRANGE.search(path):
        return None
    found = next((one for one in doors if one.fits(path)), None)
    return found or (Door(path) if PAGE.fullmatch(path) else None)


def socket_door(path: str) -> Door | None:
    """The same for a WebSocket."""
    if WALL.fullmatch(path):
        return Door(path, body=FOLLOW_BYTES)
    return next((one for one in SOCKETS if one.fits(path)), None)
