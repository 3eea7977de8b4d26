"""Does the process live, and is everything behind it in order?"""

from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from core.app import App
from core.db.migrate import schema_state
from core.flows.upkeep import backing_up
from core.reads import readiness
from gateway.context import context_of

router = APIRouter()


@router.get("/healthz", summary="The process lives")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz", summary="Database, schema, scheduler and lag are in order", responses={503: {}})
async def readyz(request: Request) -> JSONResponse:
    """503 with each part that is not in order, in words. `warnings` are no reason to send nobody here."""
    context = context_of(request)
    state = await context.read(_state, context.app)
    return JSONResponse(state, 503 if state["faults"] else 200)


def _state(app: App) -> dict[str, Any]:
    now = app.clock.now()
    try:
        schema = schema_state(app.db)
        if not schema.ready:
            words = (
                f"The schema is {schema.current or 'empty'}, wanted is {schema.wanted}. Run 'luxe migrate'."
            )
            return {"status": "not ready", "faults": {"schema": words}}
        with app.db.read() as session:
            found = readiness.read(session, app.clock, now=now)
        backups = backing_up.trouble(app, now=now)
    except SQLAlchemyError as error:
        faults = {"database": f"The database does not answer ({type(error).__name__})."}
        return {"status": "not ready", "faults": faults}
    return {
        "status": "not ready" if found.faults else "ready",
        "faults": found.faults,
        "warnings": {"backups": backups} if backups else {},
        "schema": schema.current,
        "scheduler_age_seconds": found.scheduler_age_seconds,
        "lag_seconds": found.lag_seconds,
    }
