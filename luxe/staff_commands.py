"""`luxe staff ...`: the words of the command line around `luxe.staff`."""

from typing import Annotated

import typer

from luxe import staff
from luxe.opening import open_app, said_plainly

staff_app = typer.Typer(no_args_is_help=True, help="Accounts of staff.")
Username = Annotated[str, typer.Argument(help="What they sign in with.")]


@staff_app.command("add")
def add(
    username: Username,
    name: Annotated[str, typer.Option(help="Full name.")],
    role: Annotated[str, typer.Option(help="frontdesk, manager, marketing, admin or provider.")],
    title: Annotated[str, typer.Option(help="Team for the assignment rules, such as coordinator.")] = "",
    phone: Annotated[str, typer.Option(help="Mobile number for alerts.")] = "",
    email: Annotated[str, typer.Option(help="Email address.")] = "",
    location: Annotated[str, typer.Option(help="Where they work.")] = "",
    skill: Annotated[list[str] | None, typer.Option(help="Treatment group; may be repeated.")] = None,
    leads: Annotated[bool, typer.Option("--leads/--no-leads", help="Gets new leads assigned.")] = False,
) -> None:
    """Make an account with a random first password, shown once."""
    with said_plainly():
        app = open_app()
        wanted = staff.NewAccount(
            username, name, role, title, phone, email, location, tuple(skill or ()), leads
        )
        password = staff.add(app, wanted, app.clock.now())
        typer.echo(f"{name} can sign in as {username} with: {password}")
        typer.echo("It is shown this once, and must be changed at the first sign-in.")


@staff_app.command("list")
def show() -> None:
    """Everybody with an account."""
    with said_plainly():
        rows = [("USERNAME", "NAME", "ROLE", "TITLE", "LOCATION", "STATE")]
        for person in staff.listed(open_app()):
            state = "active" if person.active else "disabled"
            waits = ", must change password" if person.active and person.must_change_password else ""
            rows.append(
                (person.username, person.name, person.role, person.title, person.location, state + waits)
            )
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows:
            typer.echo(
                "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            )


@staff_app.command("set-phone")
def set_phone(
    username: Username, phone: Annotated[str, typer.Argument(help="Mobile number for alerts.")]
) -> None:
    """Change the number that gets a person's alerts."""
    with said_plainly():
        app = open_app()
        shown = staff.set_phone(app, username, phone, app.clock.now())
        typer.echo(f"Alerts for {username} go to {shown} from now on.")


@staff_app.command("set-email")
def set_email(
    username: Username,
    email: Annotated[str, typer.Argument(help="Address at the identity provider; '' for none.")],
) -> None:
    """Change the email address by which an identity provider's sign-in finds the account."""
    with said_plainly():
        app = open_app()
        staff.set_email(app, username, email, app.clock.now())
        typer.echo(
            f"{username} is found by {email} from now on." if email else f"{username} has no email now."
        )


@staff_app.command("reset-second-factor")
def reset_second_factor(username: Username) -> None:
    """Remove a second factor whose phone and recovery codes are lost, and sign the person out everywhere."""
    with said_plainly():
        app = open_app()
        removed = staff.reset_second_factor(app, username, app.clock.now())
        typer.echo(
            f"{username} signs in by password alone until a new one is set up."
            if removed
            else f"{username} has no second factor."
        )


@staff_app.command("reset-password")
def reset_password(username: Username) -> None:
    """Give a new random password, shown once, and sign the person out everywhere."""
    with said_plainly():
        app = open_app()
        password = staff.reset_password(app, username, app.clock.now())
        typer.echo(f"{username} can sign in with: {password}")
        typer.echo("It is shown this once, and must be changed at the next sign-in.")


@staff_app.command("disable")
def disable(username: Username) -> None:
    """Switch an account off at once, and sign the person out everywhere."""
    with said_plainly():
        app = open_app()
        ended = staff.disable(app, username, app.clock.now())
        typer.echo(f"{username} can't sign in any more; {ended} open sessions were ended.")
