"""`luxe webhooks ...`: which of the clinic's other systems hear of visits, and what became of it."""

from typing import Annotated

import typer

from core.domain.ports import Outcome, SendResult
from core.flows.webhooks import endpoints
from core.reads import webhooks as reads
from core.webhooks.rules import EVENTS
from luxe import operator
from luxe.opening import EXIT_FAILED, open_app, said_plainly

webhooks_app = typer.Typer(no_args_is_help=True, help="Signed webhooks about visits, to other systems.")
Which = Annotated[str, typer.Argument(help="Its id, as 'list' shows it.")]


@webhooks_app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="A public https address.")],
    events: Annotated[str, typer.Option(help=f"With commas, of: {', '.join(EVENTS)}. All by default.")] = "",
) -> None:
    """Tell an address of visits from now on; its secret is shown once."""
    with said_plainly():
        app = open_app()
        added = endpoints.add(app, url, events.split(","), operator.name(), now=app.clock.now())
        typer.echo(f"Endpoint {added.id} hears of visits from now on.")
        typer.echo(f"Its secret, shown this once: {added.secret}")
        typer.echo("X-Luxe-Signature is 't=<seconds>,v1=<HMAC-SHA256 of <t>.<body> under it, in hex>'.")


@webhooks_app.command("list")
def show() -> None:
    """Every endpoint, and how much it was told."""
    with said_plainly(), open_app().db.read() as session:
        for one in reads.endpoints(session):
            told = f"{one.delivered} delivered, {one.waiting} waiting, {one.failed} failed"
            typer.echo(f"{one.id}  {one.host}  {', '.join(one.events)}")
            typer.echo(f"    since {one.made_at:%Y-%m-%d} by {one.made_by}: {told}")


@webhooks_app.command("log")
def log(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    failed: Annotated[bool, typer.Option("--failed", help="Only what was given up.")] = False,
) -> None:
    """The newest things that were told, and what was answered."""
    with said_plainly(), open_app().db.read() as session:
        for one in reads.log(session, limit, only_failed=failed):
            answer = str(one.status_code) if one.status_code else one.error
            typer.echo(
                f"{one.made_at:%Y-%m-%d %H:%M:%S}  {one.type:<17}  {one.confirmation:<8}  {one.host}  "
                f"{one.state} after {one.tries} tries{f', last answer {answer}' if answer else ''}"
            )


@webhooks_app.command("remove")
def remove(endpoint: Which) -> None:
    """It hears nothing more, and what waits for it is dropped."""
    with said_plainly():
        app = open_app()
        waited = endpoints.remove(app, endpoint, now=app.clock.now())
        typer.echo(f"Removed; {waited} things that waited for it are dropped.")


@webhooks_app.command("test")
def try_it(endpoint: Which) -> None:
    """Call it now, with an event that is about nothing; exit code 1 where it does not take it."""
    with said_plainly():
        app = open_app()
        result = endpoints.test(app, endpoint, now=app.clock.now())
        operator.note(app, "webhook_tested", endpoint)
        typer.echo(_words(result))
        raise typer.Exit(0 if result.outcome is Outcome.ACCEPTED else EXIT_FAILED)


def _words(result: SendResult) -> str:
    if result.outcome is Outcome.ACCEPTED:
        return f"It took it: {result.code}."
    return (
        f"It did not take it: {result.code or 'no answer'}{f' ({result.detail})' if result.detail else ''}."
    )
