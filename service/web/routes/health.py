"""Whether the service lives, whether it can work, and what machines are told."""

import json

import structlog
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response

from service.web.roles import Role, allowed
from service.web.visits import AtDesk

router = APIRouter(include_in_schema=False)
log = structlog.get_logger("web.csp")


@router.get("/robots.txt", name="robots")
@allowed(Role.ANYONE)
def robots() -> Response:
    """Nothing here is for search engines."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


@router.post("/csp", name="csp")
@allowed(Role.ANYONE)
async def csp(request: Request) -> Response:
    """Note that a browser refused something on one of our pages: only what, never where."""
    try:
        report = json.loads(await request.body()).get("csp-report", {})
        log.warning("refused by a browser", directive=str(report.get("violated-directive", ""))[:100])
    except (ValueError, AttributeError):
        log.warning("refused by a browser", directive="(unreadable)")
    return Response(status_code=204)


@router.get("/healthz", name="healthz")
@allowed(Role.ANYONE)
def healthz() -> Response:
    """Say that the process lives."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz", name="readyz")
@allowed(Role.ANYONE)
async def readyz(desk: AtDesk) -> Response:
    """Say whether the database, the engine and a worker answer."""
    ready = {
        "database": await run_in_threadpool(desk.store.answers),
        "engine": await desk.gateway.answers(),
    }
    return JSONResponse({"ready": all(ready.values()), **ready}, 200 if all(ready.values()) else 503)
