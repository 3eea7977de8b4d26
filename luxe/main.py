"""The `luxe` command line: thin; each story is a file of its own."""

import os
import sys
from typing import Annotated

import typer

from core.audit.store import run_as
from core.db.key_check import prove_keys
from core.db.migrate import migrate as run_migrations
from core.flows.upkeep import strays, verifying_trail
from core.logs import configure_logs
from core.private_files import begin_privately
from core.reference import load_reference
from core.settings import load_settings
from luxe import doctor as checkup
from luxe import erasing, operator, resuming
from luxe import keys as key_rotation
from luxe import seed as reference_data
from luxe import status as on_call
from luxe.backups import fetching, nightly, restoring, shelves
from luxe.demo import make as made_up
from luxe.opening import EXIT_FAILED, open_app, open_settings, open_to_replace, said_plainly
from luxe.staff_commands import staff_app
from luxe.try_out import lines as trying
from luxe.up import up as run_everything
from luxe.webhook_commands import webhooks_app

app = typer.Typer(
    name="luxe",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Speed-to-lead for a medical aesthetics clinic.",
)
keys_app = typer.Typer(no_args_is_help=True, help="Encryption keys.")
audit_app = typer.Typer(no_args_is_help=True, help="Who did or saw what.")
app.add_typer(staff_app, name="staff")
app.add_typer(keys_app, name="keys")
app.add_typer(audit_app, name="audit")
app.add_typer(webhooks_app, name="webhooks")


@app.callback()
def begin() -> None:
    begin_privately()
    configure_logs("luxe")
    run_as(operator.name())


@app.command()
def up(
    demo: Annotated[
        bool | None,
        typer.Option("--demo/--no-demo", help="Made-up patients on first use. Usual without Twilio."),
    ] = None,
) -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    with said_plainly():
        raise typer.Exit(run_everything(demo=demo))


def _become(module: str) -> None:
    """Turn this process into another one, so that signals and exit codes are that one's own."""
    with said_plainly():
        open_settings()
    os.execv(sys.executable, [sys.executable, "-m", module])  # noqa: S606


@app.command()
def gateway() -> None:
    """Run the public gateway: forms, webhooks, short links."""
    _become("gateway")


@app.command()
def scheduler() -> None:
    """Run the scheduler: everything that happens later."""
    _become("scheduler")


@app.command()
def console() -> None:
    """Run the console for staff."""
    _become("console")


@app.command()
def simulator() -> None:
    """Run the stand-in for Twilio, with phones in the browser."""
    _become("simulator")


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    with said_plainly():
        state = run_migrations(open_app(schema=False).db)
        typer.echo(f"The database is at schema {state.current}.")


@app.command()
def seed() -> None:
    """Load reference data; what is there already stays."""
    with said_plainly():
        opened = open_app()
        added = reference_data.seed(opened, opened.clock.now())
        typer.echo(f"Added {added} assignment rules." if added else "Everything is there already.")
        for line in reference_data.left_alone(opened):
            typer.echo(line)


@app.command()
def demo(
    patients: Annotated[int, typer.Option(min=1, max=2_000_000, help="How many people.")] = 400,
    months: Annotated[int, typer.Option(min=1, max=60, help="How far back.")] = 4,
    seed: Annotated[int, typer.Option(help="The same number makes the same people.")] = 1,
) -> None:
    """Make up months of history, for an empty database."""
    with said_plainly():
        opened = open_app()
        wanted = made_up.Wanted(patients, months, seed)
        typer.echo(made_up.make(opened, wanted, opened.clock.now(), typer.echo))


@app.command()
def status(
    json: Annotated[bool, typer.Option("--json", help="For a machine.")] = False,
) -> None:
    """What a person on call wants to know; exit code 1 when something needs a hand."""
    with said_plainly():
        found = on_call.read_status(open_app())
        typer.echo(on_call.as_json(found) if json else on_call.as_words(found))
        raise typer.Exit(EXIT_FAILED if found.needs_a_hand else 0)


@app.command()
def pause(
    reason: Annotated[str, typer.Option(help="Shown to everybody who is signed in.")] = "",
) -> None:
    """Stop all sending at once, on every machine."""
    with said_plainly():
        opened = open_app()
        typer.echo(resuming.pause(opened, reason, opened.clock.now()))


@app.command()
def resume(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    drop_overdue: Annotated[
        bool, typer.Option("--drop-overdue", help="Leave out texts to patients that are overdue.")
    ] = False,
) -> None:
    """Let texts leave again: lifts a pause, starts what stopped by itself, confirms a restored database."""
    with said_plainly():
        typer.echo(
            resuming.resume(
                open_app(), typer.echo, lambda ask: yes or _typed_yes(ask), drop_overdue=drop_overdue
            )
        )


def _typed_yes(question: str) -> bool:
    return bool(typer.prompt(question, default="no", show_default=False).strip().lower() == "yes")


@app.command()
def doctor() -> None:
    """Check settings, database, keys, Twilio and addresses; each line is ok or what to do."""
    lines = checkup.examine()
    typer.echo(checkup.as_words(lines))
    raise typer.Exit(EXIT_FAILED if any(not line.ok for line in lines) else 0)


@app.command()
def erase(
    lead: Annotated[str, typer.Argument(help="A lead of the person, such as A-1042.")],
    reason: Annotated[str, typer.Option(help="Kept in the audit trail.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make everything of one person unreadable, here and in every backup. It can't be taken back."""
    with said_plainly():
        typer.echo(erasing.erase(open_app(), lead, reason, lambda ask: yes or _typed_yes(ask)))


@app.command()
def backup(
    file: Annotated[
        str | None,
        typer.Argument(
            help="Where to write it: a file, or s3://bucket/name. A dated one in LUXE_BACKUP_TO where left out."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Copy the database into one file while everything goes on."""
    with said_plainly():
        opened = open_app(schema=False)
        now = opened.clock.now()
        if file is None:
            name, told = nightly.make(opened, now=now)
        else:
            name, told = shelves.backup(opened, file, force=force, now=now)
        typer.echo(told)
        operator.note(opened, "backed_up", name)


@app.command()
def restore(
    file: Annotated[
        str,
        typer.Argument(
            help="A file that 'luxe backup' wrote, or its address in a bucket; a bucket alone says what lies there."
        ),
    ],
    keys: Annotated[
        str | None,
        typer.Option(
            "--keys", help="The copy of data keys to use (file or s3://), where it isn't this database's."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is in the database.")] = False,
) -> None:
    """Put a backup in the database's place; everything else must be stopped."""
    with said_plainly():
        opened = open_to_replace()
        now = opened.clock.now()
        with fetching.at_hand(opened, file, keys) as here:
            told = restoring.restore(opened, here.file, keys=here.keys, force=force, now=now)
            typer.echo(here.in_words(told))
        prove_keys(opened.db)
        operator.note(opened, "restored", here.file.name)


@app.command(name="try", epilog="; ".join(f"{name}: {what}" for name, what in trying.KINDS.items()))
def try_out(
    kind: Annotated[str, typer.Argument(help=f"One of: {', '.join(trying.KINDS)}.")],
) -> None:
    """Say what would happen: JSON lines in, one JSON line out for each. Stores and sends nothing."""
    with said_plainly():
        wanted = trying.open_kind(kind)
        reference = trying.known_to(kind, load_reference(load_settings().zone))
        out = typer.get_binary_stream("stdout")
        try:
            all_read = trying.answer_lines(wanted, reference, typer.get_binary_stream("stdin"), out)
        except BrokenPipeError:
            trying.leave_quietly(out)
            return
        raise typer.Exit(0 if all_read else EXIT_FAILED)


@keys_app.callback()
def _keys() -> None:
    """Typer needs a second word here: `luxe keys rotate`."""


@audit_app.callback()
def _audit() -> None:
    """Typer needs a second word here: `luxe audit verify`."""


@audit_app.command()
def verify() -> None:
    """Look whether the audit trail is whole; exit code 1 where a row was changed, removed, added or moved."""
    with said_plainly():
        verdict = verifying_trail.verify(open_app())
        for problem in verdict.problems:
            typer.echo(problem, err=True)
        if verdict.problems:
            raise typer.Exit(EXIT_FAILED)
        typer.echo(f"The audit trail is whole: {verdict.rows:,} rows.")


@keys_app.command()
def rotate() -> None:
    """Add a new key and write everything anew under it. Safe to interrupt and to repeat."""
    with said_plainly():
        opened = open_app()
        rows = key_rotation.rotate(opened, typer.echo)
        operator.note(open_app(), "keys_rotated")
        typer.echo(
            f"Done: {rows:,} rows are under the new key. Back up the keyset; older keys stay in it for older backups."
        )


@keys_app.command(name="rotate-index")
def rotate_index() -> None:
    """Replace the key of the blind indexes, by which people are found. Stop everything first; all of it, or nothing."""
    with said_plainly():
        opened = open_app()
        count = key_rotation.rotate_index(opened, typer.echo)
        operator.note(opened, "index_key_rotated")
        typer.echo(
            f"Done: {count:,} indexes are under the new key. Back up the keyset; older ones in it open older backups."
        )


@keys_app.command(name="forget-strays")
def forget_strays() -> None:
    """After a restore: forget the keys of people who came after that backup. Newer backups can't be read for them."""
    with said_plainly():
        opened = open_app()
        typer.echo(f"Forgot {strays.forget(opened, now=opened.clock.now()):,} keys.")


if __name__ == "__main__":
    app()
