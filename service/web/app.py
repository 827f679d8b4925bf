"""Puts the web application together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from notifications.smtp import Mailer
from service.config import Settings
from service.gateway import Gateway
from service.links import Links
from service.relay import Relay
from service.store import Store
from service.web import faults
from service.web.courier import Courier, Mail
from service.web.desk import Desk
from service.web.front import BODY_LIMIT, Front
from service.web.routes import (
    api,
    approvers,
    assessments,
    cases,
    decisions,
    dev,
    documents,
    handbooks,
    health,
    lessons,
    links,
    meetings,
    minutes,
    orders,
    projects,
    proposals,
    provisions,
    signing,
    sitting,
    sizes,
    stuck,
    work,
)
from service.web.visits import admit

HERE = Path(__file__).parent
AREAS = (
    health,
    links,
    decisions,
    signing,
    work,
    proposals,
    cases,
    lessons,
    documents,
    approvers,
    sizes,
    projects,
    assessments,
    orders,
    stuck,
    provisions,
    handbooks,
    meetings,
    sitting,
    minutes,
    api,
)


class Application(FastAPI):
    """FastAPI with our front door outside of everything, its handler of errors included."""

    desk: Desk

    def build_middleware_stack(self) -> ASGIApp:
        """Put the front door before the whole stack."""
        return Front(
            super().build_middleware_stack(),
            self.routes,
            self.desk.settings.base_url,
            self.desk.settings.mode == "production",
        )


def create_app(
    settings: Settings,
    store: Store,
    gateway: Gateway,
    *,
    mail: Mail | None = None,
    relaying: bool = True,
) -> Application:
    """Return the application; `relaying` says whether the relay runs beside it while it serves."""
    keys = settings.keys()
    courier = Courier(mail or _mailer(settings), store, settings.mail_from)
    links = Links(keys, settings.base_url)
    desk = Desk(settings, store, gateway, Relay(store, gateway, links), keys, links, courier)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(desk.relay.run())] if relaying else []
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await desk.relay.written()
        await courier.close()

    app = Application(
        title="Assent",
        version="1",
        description="Approvals and actions of a public body. Errors are problems (RFC 9457).",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        max_body_size=BODY_LIMIT,
        lifespan=lifespan,
        dependencies=[Depends(admit)],
    )
    app.desk = desk
    app.state.desk = desk
    faults.install(app)
    for area in (*AREAS, dev) if desk.rehearsing else AREAS:
        app.include_router(area.router)
    app.mount("/static", StaticFiles(directory=HERE / "static", check_dir=False), name="static")
    app.mount("/styles", StaticFiles(directory=HERE / "styles"), name="styles")
    return app


def _mailer(settings: Settings) -> Mailer:
    return Mailer(
        settings.smtp_host,
        settings.smtp_port,
        tls=settings.smtp_tls.value,
        username=settings.smtp_username or None,
        password=settings.smtp_password.get_secret_value() or None,
    )
