"""The screens' scripts and styles, served from the package under an address that changes with their content."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parent
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
FOREVER = "public, max-age=31536000, immutable"
# At an address of its own that stays: a browser knows it by that. What it may see of the console is the folder it lies
# in, and no page does.
WORKER, WORKER_FILE = "/alerts/worker.js", "parts/alerts_worker.js"


@cache
def files() -> dict[str, bytes]:
    """Every script and style by its path, such as `parts/live.js`."""
    paths = sorted(path for path in FOLDER.rglob("*") if path.suffix in TYPES)
    return {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in paths}


@cache
def version() -> str:
    """Names this content: browsers keep a version for ever and never meet two versions mixed."""
    return hashlib.sha256(b"\0".join(name.encode() + body for name, body in files().items())).hexdigest()[:12]


async def serve(request: Request) -> Response:
    """One file. An older version's address gets today's content, not to be kept."""
    path = request.path_params["path"]
    body = files().get(path)
    if body is None:
        return Response(status_code=404)
    cached = FOREVER if request.path_params["version"] == version() else "no-store"
    return Response(body, media_type=TYPES[Path(path).suffix], headers={"Cache-Control": cached})


async def serve_worker(_request: Request) -> Response:
    """The script that shows pushes while no page is open."""
    headers = {"Cache-Control": "no-cache"}
    return Response(files()[WORKER_FILE], media_type=TYPES[".js"], headers=headers)
