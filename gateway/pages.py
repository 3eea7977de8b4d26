"""Renders the public pages."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

HERE = Path(__file__).parent
STATIC = HERE / "static"
INTRODUCED = "introduced"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["stylesheet"] = static("public.css")
    environment.globals["touch_script"] = static("touch.js")
    environment.globals["static"] = static
    return environment


@cache
def static(name: str) -> str:
    """The address of a file that browsers keep: another one with every change of it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def introduce(words: Callable[[], Mapping[str, str]]) -> None:
    """Who we are, for every page: asked at each, since the clinic may change its name and number."""
    _environment().globals[INTRODUCED] = words


def render(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    environment = _environment()
    ask = cast(Callable[[], Mapping[str, str]], environment.globals[INTRODUCED])
    return HTMLResponse(environment.get_template(template).render(**{**ask(), **values}), status)


def message(status: int, title: str, words: str) -> HTMLResponse:
    """A page that says one thing."""
    return render("message.html", status, title=title, words=words)
