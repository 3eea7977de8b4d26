"""What the product has to offer, taken from its own lists: pages, topics, actions, stories, routes, files, commands."""

import ast
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from starlette.routing import BaseRoute

import core.flows
import core.reads
from console import media, nav, routes
from console.gate import doors
from console.parts.component import Handler
from console.sla_monitor import wall_page
from console.topics import TOPICS
from core.domain.roles import Actor
from luxe.main import app as command_line

ROOT = Path(__file__).parents[2]
SCREENS = [*sorted((ROOT / "pages").glob("*.py")), *sorted((ROOT / "console").rglob("*.py"))]
Story = Callable[..., Any]


def pages() -> set[str]:
    return {entry.url for entry in nav.ENTRIES}


def topics() -> set[str]:
    return {topic.name for topic in TOPICS}


def calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    """Each call of something with this name in what the console shows."""
    for file in SCREENS:
        source = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if f"{name}(" in source else ():
            if isinstance(node, ast.Call) and _last_name(node.func) == name:
                yield file, node


def _last_name(called: ast.expr) -> str:
    """'mount' of `parts.BOARD.mount(...)`."""
    return str(getattr(called, "attr", None) or getattr(called, "id", ""))


def exports() -> list[str]:
    """Each place that offers a file, as 'file: call'."""
    found = [*calls("csv"), *calls("download_button")]
    return sorted(f"{file.relative_to(ROOT)}: {ast.unparse(call.func)}" for file, call in found)


def actions() -> dict[str, Handler]:
    """Every handler that a mounted component may reach, by its place below console/."""
    found: dict[str, Handler] = {}
    for file, call in calls("mount"):
        for word in call.keywords:
            if word.arg == "actions":
                handlers = _meant(file, word.value)
                found |= {_place(handler): handler for handler in handlers.values()}
    return found


def _meant(file: Path, words: ast.expr) -> Mapping[str, Handler]:
    """The dict that an expression of this file stands for. A page is a script: only what it imports is looked at."""
    if file.parent.name == "pages":
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imports: list[ast.stmt] = [
            node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        names: dict[str, Any] = {}
        exec(compile(ast.Module(imports, []), str(file), "exec"), names)
    elif file == ROOT / "console" / "parts" / "component.py":
        return {}  # its own example
    else:
        names = vars(importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts)))
    meant: Mapping[str, Handler] = eval(ast.unparse(words), dict(names))
    return meant


def _place(handler: Handler) -> str:
    """Where it stands; an editor's, which is the same code for all, with the kind that it edits."""
    kind = getattr(getattr(handler, "__self__", None), "kind", None)
    of = f" {kind.name}" if kind else ""
    return f"{handler.__module__.removeprefix('console.')}.{handler.__qualname__}{of}"


def stories(package: ModuleType) -> dict[str, Story]:
    """Every public function of the package that somebody is named to, by its place below it."""
    found: dict[str, Story] = {}
    for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(one.name)
        for name, function in vars(module).items():
            own = inspect.isfunction(function) and function.__module__ == one.name
            if own and not name.startswith("_") and _names_somebody(function):
                found[f"{one.name.removeprefix(f'{package.__name__}.')}.{name}"] = function
    return found


def _names_somebody(function: Story) -> bool:
    return any(hint in (Actor, Actor | None) for hint in typing.get_type_hints(function).values())


def flows() -> dict[str, Story]:
    return stories(core.flows)


def reads() -> dict[str, Story]:
    return stories(core.reads)


def console_doors() -> dict[str, doors.Door]:
    """Every address that the gate lets through, sockets as 'ws ...'."""
    found = {one.path: one for one in (*doors.DOORS, *doors.PROVIDER)}
    found |= {f"ws {one.path}": one for one in doors.SOCKETS}
    found[f"ws {doors.WALL.pattern}"] = doors.Door("/wall/x/live")
    found[doors.PAGE.pattern] = doors.Door("/queue")
    return found


def console_routes() -> list[BaseRoute]:
    """Our own, beside Streamlit's."""
    return [*routes.ROUTES, *media.ROUTES, *wall_page.ROUTES]


def commands() -> set[str]:
    """'staff add', 'backup', ..."""
    return set(_below(typer.main.get_command(command_line), ""))


def _below(command: Any, path: str) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path
        return
    for name, one in inner.items():
        yield from _below(one, f"{path} {name}".strip())
