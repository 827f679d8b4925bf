"""Runs the web process: `python -m service.web --port N`."""

import argparse

import uvicorn
import uvloop

from service import logs
from service.config import load_settings
from service.gateway import Gateway
from service.store import open_store
from service.web.app import create_app


async def serve(host: str, port: int) -> None:
    """Serve until told to stop."""
    settings = load_settings()
    settings.check()
    store = open_store(settings)
    gateway = await Gateway.connect(settings)
    app = create_app(settings, store, gateway)
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, date_header=True
    )
    await uvicorn.Server(config).serve()
    store.close()


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
