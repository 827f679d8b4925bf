"""The twelve sample proposals that are shipped, by their id."""

from pathlib import Path
from typing import Any

import service
from service.handbook import sources

FILE = Path(service.__file__).parent / "samples" / "proposals-sample.yaml"
_READ = sources.read(FILE).data
SAMPLES: dict[str, dict[str, Any]] = {document["id"]: document for document in _READ["proposals"]}
CALENDARS: dict[str, Any] = _READ["calendars"]
"""The meetings that the samples were written for."""
