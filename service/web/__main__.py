"""Runs the web process: `python -m service.web --port N`."""

import argparse
import time

import structlog
import uvicorn
import uvloop

from service import logs
from service.config import load_settings
from service.errors import Unavailable
from service.gateway import Gateway
from service.store import Store, open_store
from service.web.app import create_app

log = structlog.get_logger()

PREPARED_WITHIN = 30.0
"""Seconds for which whoever starts everything at once has time to bring the database up to date."""


async def serve(host: str, port: int) -> None:
    """Serve until told to stop."""
    settings = load_settings()
    settings.check()
    store = open_store(settings)
    prepared(store)
    gateway = await Gateway.connect(settings)
    app = create_app(settings, store, gateway)
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, date_header=True
    )
    await uvicorn.Server(config).serve()
    store.close()


def prepared(store: Store, within: float = PREPARED_WITHIN) -> None:
    """Wait until the database is that of this program; serve all the same if it does not come to it."""
    until = time.monotonic() + within
    try:
        while store.behind():
            if time.monotonic() > until:
                log.error(
                    "the database is older than this program: bring it up to date with `assent migrate`"
                )
                return
            time.sleep(0.05)
    except Unavailable:
        log.warning("the database does not answer yet")


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen; 0.0.0.0 in a container")
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args()
    logs.configure()
    uvloop.run(serve(chosen.host, chosen.port))


if __name__ == "__main__":
    main()
