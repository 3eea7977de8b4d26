"""What `luxe up` says when everything is ready."""

from collections.abc import Iterator

from core.app import App
from core.domain.roles import ROLE_NAMES, Role
from core.reads.setup import hosted_forms
from luxe.connectors import ways_in
from luxe.demo.first_use import SignIn
from luxe.ready_made import curl


def words(app: App, sign_in: SignIn | None) -> str:
    """Addresses, ready-made requests and sign-ins."""
    return "\n".join(
        ["", "Luxe Follow-Up is ready.", "", *_addresses(app), "", *_posts(app), *_people(sign_in), ""]
    )


def _addresses(app: App) -> Iterator[str]:
    settings = app.settings
    if settings.clock:
        yield f"  Time       {_time(app)}"
    yield f"  Console    {settings.console}"
    yield f"  Gateway    {settings.public}"
    if settings.simulated:
        yield f"  Phones     {settings.twilio_api}  (the simulator: texts arrive here)"
    for position, link in enumerate(hosted_forms(settings)):
        yield f"  {'' if position else 'Forms':<9}  {link}"


def _time(app: App) -> str:
    local = app.clock.now().astimezone(app.settings.zone)
    moment = (
        f"{local:%A, %B} {local.day}, {local.hour % 12 or 12}:{local:%M} {'PM' if local.hour > 11 else 'AM'}"
    )
    if app.settings.demo_clock.exists():
        return f"{moment}: demo time, so that the clinic is open. LUXE_CLOCK sets another, --no-demo is real time"
    return f"{moment}, {app.clock.speed:g} times as fast as real time (LUXE_CLOCK)"


def _posts(app: App) -> Iterator[str]:
    now = app.clock.now()
    commands = [command for way in ways_in(app.settings) if (command := curl(way, now))]
    if commands:
        yield "Post a lead as a form builder does, by pasting a line into another shell:"
        for command in commands:
            yield from (f"  {command}", "")


def _people(sign_in: SignIn | None) -> Iterator[str]:
    if sign_in is None:
        yield 'No demo staff here. Make an account with: luxe staff add USERNAME --name "..." --role admin'
        return
    yield f"Sign in to the console with the password {sign_in.password} as"
    for username, name, role in sign_in.people:
        yield f"  {username:<10} {name}, {ROLE_NAMES[Role(role)].lower()}"
