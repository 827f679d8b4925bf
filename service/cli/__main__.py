"""Runs the commands without their script: `python -m service.cli`."""

from service.cli import app

app()
