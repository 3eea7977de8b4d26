"""Renders the public pages."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = hashlib.sha256((STATIC / "public.css").read_bytes()).hexdigest()[:12]
    environment.globals["stylesheet"] = f"/static/public.css?v={style}"
    return environment


def introduce(**words: str) -> None:
    """Give every page the clinic's name and number, once at start."""
    _environment().globals.update(words)


def render(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_environment().get_template(template).render(**values), status)


def message(status: int, title: str, words: str) -> HTMLResponse:
    """A page that says one thing."""
    return render("message.html", status, title=title, words=words)
