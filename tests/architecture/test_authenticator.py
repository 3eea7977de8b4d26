"""streamlit-authenticator brings more than a form: what of it is reached stays on this machine (finding 30)."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REACHED = {
    "Authenticate",
    "AuthenticationController",
    "CookieController",
    "AuthenticationModel",
    "CookieModel",
}
CALLS_OUT = {"CloudModel", "GoogleModel", "MicrosoftModel"}

# A sign-in page, a failed try and a right one, and a hash, in a process that may not connect to anything but itself.
STORY = """
import json, socket, sys
from pathlib import Path

asked = []

def refuse(name):
    given = getattr(socket.socket, name)
    def only_here(self, address, *rest):
        here = self.family == socket.AF_UNIX or str(address[0]) in ("127.0.0.1", "::1", "localhost")
        if not here:
            asked.append(str(address))
            raise OSError("nothing outside this machine may be reached")
        return given(self, address, *rest)
    setattr(socket.socket, name, only_here)

def looked_up(host, *rest, **more):
    if host not in (None, "127.0.0.1", "::1", "localhost"):
        asked.append(str(host))
        raise OSError("no name may be looked up")
    return known(host, *rest, **more)

refuse("connect"); refuse("connect_ex")
known, socket.getaddrinfo = socket.getaddrinfo, looked_up

import bcrypt
import streamlit_authenticator
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from console import process
from core.app import build_app
from core.db.schema import metadata
from core.settings import load_settings
from core.staff.tables import staff
from tests.factories import add_staff

app = build_app(load_settings(home=Path(sys.argv[1]), _env_file=None))
metadata.create_all(app.db.engine)
with app.db.write() as session:
    add_staff(session, app.clock.now())
    made = bcrypt.hashpw(b"made-up-words-1", bcrypt.gensalt(4)).decode()
    session.execute(update(staff).values(password_hash=made))
process.use(app)
test = AppTest.from_file(sys.argv[2], default_timeout=60).run()
for password in ("wrong", "made-up-words-1"):
    test.text_input[0].set_value("marketing")
    test.text_input[1].set_value(password)
    test.button[0].click().run()
hashed = streamlit_authenticator.Hasher.hash("made-up-words-1")
print(json.dumps({
    "asked": asked,
    "signed_in": "session_id" in test.session_state,
    "failed": [str(one.value) for one in test.exception],
    "hashed": bcrypt.checkpw(b"made-up-words-1", hashed.encode()),
}))
"""


def test_signing_in_calls_nobody_outside(tmp_path: Path) -> None:
    """Finding 30: the page, a wrong try, a right one and a hash, in a process that can reach itself alone."""
    main = ROOT / "console" / "main.py"
    done = subprocess.run(
        [sys.executable, "-c", STORY, str(tmp_path), str(main)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told == {"asked": [], "signed_in": True, "failed": [], "hashed": True}


def named_in(source: str) -> set[str]:
    """What a module takes from streamlit_authenticator."""
    if "streamlit_authenticator" not in source:
        return set()
    return {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("streamlit_authenticator")
        for alias in node.names
    }


def test_only_the_sign_in_takes_from_it_and_only_what_stays_here() -> None:
    """Finding 30: its cloud, Google and Microsoft models come with the package and are made by nobody."""
    users = {
        path.relative_to(ROOT).as_posix(): named_in(path.read_text(encoding="utf-8"))
        for folder in ("console", "core", "pages", "gateway", "luxe", "scheduler")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {file: names for file, names in users.items() if names} == {"console/sign_in.py": REACHED}
    assert REACHED.isdisjoint(CALLS_OUT)


@pytest.mark.parametrize("name", sorted(CALLS_OUT))
def test_what_would_call_out_is_never_made(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our models stand in for its own, which would make these with an API key or a provider's settings."""
    from streamlit_authenticator.models import authentication_model

    from console.sign_in import StaffSignIn

    made: list[str] = []
    monkeypatch.setattr(authentication_model, name, lambda *_args, **_more: made.append(name))
    StaffSignIn()
    assert made == []
