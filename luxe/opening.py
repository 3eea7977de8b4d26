"""How every command begins and ends: settings read, database open, expected errors said in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import OperationalError

from core.app import App, build_app, build_unproven
from core.db.migrate import schema_state
from core.domain.errors import LuxeError, SettingsError
from core.private_files import close_to_others
from core.settings import Settings, load_settings

# sysexits.h EX_CONFIG: starting again does not help until a person has changed a setting.
EXIT_CONFIGURATION = 78
EXIT_FAILED = 1


class CommandError(LuxeError):
    """A command can't do what was asked; the message says what to do instead."""


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn expected errors into one sentence on standard error and an exit code; others keep their traceback."""
    try:
        yield
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_CONFIGURATION) from error
    except LuxeError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error
    except OperationalError as error:
        typer.echo(f"The database can't be used: {cause_of(error)}", err=True)
        raise typer.Exit(EXIT_FAILED) from error


def cause_of(error: OperationalError) -> str:
    """The driver's own words, first line, without the statement and its values."""
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__


def open_settings() -> Settings:
    """Settings and clock, checked. Raises SettingsError."""
    settings = load_settings()
    _ = settings.build_clock
    return settings


def open_app(*, schema: bool = True) -> App:
    """The product on its database. Raises SettingsError, and CommandError where `luxe migrate` is needed first."""
    settings = open_settings()
    close_to_others(settings)
    app = build_app(settings)
    if schema:
        state = schema_state(app.db)
        if not state.ready:
            have = state.current or "nothing"
            raise CommandError(
                f"The database has schema {have}, this version needs {state.wanted}. Run 'luxe migrate' first."
            )
        with app.db.read() as session:
            app.in_use.catch_up(session)
    return app


def open_to_replace() -> App:
    """For `luxe restore`: whatever keys the database in place was written with. Raises SettingsError."""
    return build_unproven(open_settings())
