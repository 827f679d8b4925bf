"""Runs the web process: `python -m service.web --port N`."""

import argparse
import time

import structlog
import uvicorn
import uvloop

from service import logs
from service.config import Settings, load_settings
from service.errors import Unavailable
from service.gateway import Gateway
from service.store import Store, open_store
from service.web.app import create_app

log = structlog.get_logger()

PREPARED_WITHIN = 10.0
"""Seconds for which whoever starts everything at once has time to bring the database up to date. After them
the pages themselves say what is missing."""
UNLIKE = "the database's tables are of another version than this program: see `assent migrate`"


async def serve(settings: Settings, store: Store, host: str, port: int) -> None:
    """Serve until told to stop."""
    gateway = await Gateway.connect(settings)
    app = create_app(settings, store, gateway)
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, date_header=True
    )
    await uvicorn.Server(config).serve()


def prepared(store: Store, within: float = PREPARED_WITHIN) -> None:
    """Wait until the database is that of this program; serve all the same if it does not come to it."""
    until = time.monotonic() + within
    while what := _missing(store):
        if time.monotonic() > until:
            log.error(what)
            return
        time.sleep(0.05)


def _missing(store: Store) -> str:
    try:
        return UNLIKE if store.behind() else ""
    except Unavailable:
        return "the database does not answer"


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen; 0.0.0.0 in a container")
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args()
    logs.configure()
    settings = load_settings()
    settings.check()
    store = open_store(settings)
    prepared(store)
    uvloop.run(serve(settings, store, chosen.host, chosen.port))
    store.close()


if __name__ == "__main__":
    main()
