"""How long the pack of a long meeting takes, from the record to the PDF."""

import statistics
import time
from datetime import date
from pathlib import Path

from service import handbook, telling
from service.store import Store, cases, open_store
from service.web import packs
from service.web.packs import Pack, PackItem
from tests.bench.rehearsal import fill, settings_in
from tests.bench.report import Goal, Report, Row
from workflows.model import LegAsk

LONG = 60
SECONDS = Goal(3, "s")
DAY = date(2026, 1, 15)
_TIMES = 5
_ASKED = LegAsk(key="srg", kind="srg", seats=())


def measure(report: Report, folder: Path) -> None:
    """Gather the papers of a long meeting from stored proposals and print them, again and again."""
    settings = settings_in(folder / "papers")
    fill(settings, LONG)
    store = open_store(settings)
    gathering: list[float] = []
    printing: list[float] = []
    paper = b""
    try:
        worked = time.process_time()
        for _ in range(_TIMES):
            began = time.perf_counter()
            items = _gathered(store)
            gathering.append(time.perf_counter() - began)
            began = time.perf_counter()
            paper = packs.pack_pdf(Pack(organisation="Leicester", forum="SRG", day=DAY, items=items))
            printing.append(time.perf_counter() - began)
        worked = (time.process_time() - worked) / _TIMES
    finally:
        store.close()
    gathered, printed = statistics.median(gathering), statistics.median(printing)
    report.say(f"papers: {LONG} items in {gathered + printed:.2f} s, {len(paper) / 1e6:.1f} MB")
    report.add(
        Row(
            f"a pack of {LONG} items, from the record to the PDF",
            gathered + printed,
            "s",
            SECONDS,
            ours=f"{worked:.1f} s of a processor; {gathered:.1f} s to gather",
        )
    )


def _gathered(store: Store) -> tuple[PackItem, ...]:
    rules = handbook.load("leicester")
    with store.reading() as tx:
        refs = [stored.ref for stored in cases.proposals(tx, rules.organisation)]
        found = [cases.get(tx, ref) for ref in refs]
        return tuple(
            packs.item(tx, case, _ASKED, telling.edition(tx, case.edition), DAY, number)
            for number, case in enumerate(found, start=1)
        )
