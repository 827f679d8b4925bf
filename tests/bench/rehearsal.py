"""How long a rehearsal of many stored proposals takes, what memory it takes, and what routing one costs."""

import itertools
import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from service import handbook, proposals
from service.config import Settings, generate_keys, process_environment
from service.rehearsing import Rules, Stored, way
from service.store import Store, canonical, cases, editions, open_store
from service.store.tables import CASE_VERSIONS, CASES, TEXTS
from tests.bench.report import Goal, Report, Row
from tests.support.samples import SAMPLES

FEW = 1_000
FIRST_DAY = datetime(2016, 1, 4, 9, tzinfo=UTC)
SECONDS, ONE = Goal(10, "s"), Goal(1, "ms")
FLAT = Goal(16, "MB")
"""What SQLite may keep of a larger database by our own setting; nothing else is to grow."""
_KEYS = generate_keys()
_BATCH = 1_000
_TIMES = 3
_ROW = """
    SELECT f.ref, f.title, f.state, f.open, f.edition, v.submitted, t.body
    FROM case_file f JOIN case_version v ON v.ref = f.ref AND v.version = f.version
    JOIN stored_text t ON t.hash = v.content_hash ORDER BY f.ref
"""


def measure(report: Report, folder: Path, *, number: int) -> None:
    """Rehearse few and many stored proposals with the command, and route each of some by itself."""
    took, peaks, worked = {}, {}, 0.0
    for stored in (FEW, number):
        settings = settings_in(folder / f"rehearsal-{stored}")
        fill(settings, stored)
        before = _worked()
        runs = [_rehearse(settings) for _ in range(_TIMES)]
        worked = (_worked() - before) / _TIMES
        took[stored] = statistics.median(seconds for seconds, _ in runs)
        peaks[stored] = statistics.median(peak for _, peak in runs)
        report.say(f"rehearsal: {stored:,} proposals in {took[stored]:.1f} s, peak {peaks[stored]:.0f} MB")
    settings = settings_in(folder / f"rehearsal-{number}")
    bare = _bare_pass(settings)
    report.add(
        Row(
            f"rehearsal of {number:,} stored proposals, with the command's start",
            took[number],
            "s",
            SECONDS,
            ours=f"{worked:.1f} s of a processor; {took[FEW]:.1f} s for {FEW:,}",
            bare=f"{bare:.2f} s to read them",
        )
    )
    report.add(
        Row(
            f"peak memory of a rehearsal, {number:,} proposals over {FEW:,}",
            peaks[number] - peaks[FEW],
            "MB",
            FLAT,
            ours=f"{peaks[FEW]:.0f} and {peaks[number]:.0f} MB",
        )
    )
    routing = _routing(settings)
    report.add(
        Row(
            "routing one stored proposal under one edition",
            routing * 1e3,
            "ms",
            ONE,
            ours=f"{routing * 1e6:.0f} µs",
            bare=f"{bare / number * 1e6:.0f} µs to read it",
        )
    )
    report.add(Row("routing one stored proposal over reading it bare", routing / (bare / number), "×"))


def settings_in(folder: Path) -> Settings:
    """Return the settings of a record in a folder of its own."""
    folder.mkdir(exist_ok=True)
    return Settings(mode="test", data_dir=folder, secret_keys=_KEYS)


def _rehearse(settings: Settings) -> tuple[float, float]:
    """Run the command as a person would; return its seconds and its peak memory in MB."""
    words = [sys.executable, "-m", "service.cli", "handbook", "rehearse", "framework-2004", "--json"]
    out = settings.data_dir / "told.json"
    began = time.perf_counter()
    peak = 0.0
    with out.open("wb") as said:
        child = subprocess.Popen(
            words, env=process_environment(settings), stdout=said, stderr=subprocess.DEVNULL
        )
        while child.poll() is None:
            peak = max(peak, _peak(child.pid))
            time.sleep(0.01)
    took = time.perf_counter() - began
    told = json.loads(out.read_text("utf-8"))
    if child.returncode or not told["srg"]["missed"] or told["no_way"]:
        raise RuntimeError(f"the rehearsal failed: {child.returncode}, {told['srg']}, {told['no_way']}")
    return took, peak


def _worked() -> float:
    """Return the seconds that processors have worked for commands that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _peak(pid: int) -> float:
    """Return the most memory that a process has held, in MB; what its parent held is in no such count."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) / 1_000


def _bare_pass(settings: Settings) -> float:
    """Return the seconds that reading every row and its text takes with nothing of ours."""
    began = time.perf_counter()
    with sqlite3.connect(settings.data_dir / "assent.db") as connection:
        for row in connection.execute(_ROW):
            json.loads(row[-1])
    return time.perf_counter() - began


def _routing(settings: Settings) -> float:
    """Return the seconds that routing takes, in the middle of many proposals."""
    rules = Rules(handbook.load("leicester"))
    store = open_store(settings)
    try:
        with store.reading() as tx:
            stored = [Stored(*one) for one in itertools.islice(cases.proposals(tx, "leicester"), _BATCH)]
    finally:
        store.close()
    samples = []
    for one in stored:
        assert one.content is not None
        began = time.perf_counter()
        way(proposals.ProposalDocument.model_validate(one.content), one.submitted, rules)
        samples.append(time.perf_counter() - began)
    return statistics.median(samples)


# ------------------------------------------------------------------------------ filling


def fill(settings: Settings, number: int) -> None:
    """Write proposals straight into the tables, for the record's own way takes minutes."""
    edition = handbook.load("leicester")
    store = open_store(settings)
    try:
        store.migrate()
        with store.writing() as tx:
            editions.put(tx, edition.to_json(), organisation=edition.organisation, name=edition.name)
        _write(store, _varied(number), edition)
    finally:
        store.close()


def _write(
    store: Store, contents: Iterator[tuple[int, datetime, dict[str, Any]]], edition: handbook.Edition
) -> None:
    while batch := list(itertools.islice(contents, _BATCH)):
        rows: dict[str, list[dict[str, Any]]] = {"cases": [], "versions": [], "texts": []}
        for number, submitted, document in batch:
            content = proposals.normalise(document, edition)
            text = canonical.dumps(content)
            hash = canonical.digest(text)
            facts = proposals.facts(content, submitted=submitted.date(), edition=edition)
            ref = f"INV-{submitted.year}-{number:05d}"
            shared = {"ref": ref, "version": 1, "content_hash": hash, "edition": edition.hash}
            rows["texts"].append({"hash": hash, "body": text, "put_real": submitted})
            rows["versions"].append(
                shared
                | {
                    "author": "p-001",
                    "authors": "[]",
                    "submitted": submitted,
                    "proposal": canonical.dumps(facts.model_dump(mode="json")),
                    "route": "[]",
                    "branches": "{}",
                }
            )
            rows["cases"].append(
                shared
                | {
                    "kind": "proposal",
                    "organisation": edition.organisation,
                    "department": facts.department,
                    "title": content["title"],
                    "state": "with_funders",
                    "open": True,
                    "taken_up": 1,
                    "sponsor": facts.sponsor,
                    "lead": facts.lead,
                    "size": facts.size,
                    "capital": facts.capital,
                    "decide_by": facts.decide_by,
                    "opened": submitted,
                    "changed": submitted,
                    "because": "",
                }
            )
        with store.writing() as tx:
            tx.run(insert(TEXTS), rows["texts"])
            tx.run(insert(CASE_VERSIONS), rows["versions"])
            tx.run(insert(CASES), rows["cases"])


def _varied(number: int) -> Iterator[tuple[int, datetime, dict[str, Any]]]:
    """Make proposals of the samples: other sums, other titles, and ten years of days."""
    known = [each for each in SAMPLES.values() if each["organisation"] == "leicester"]
    for place, sample in zip(range(number), itertools.cycle(known), strict=False):
        submitted = FIRST_DAY + timedelta(days=place * 3_650 // number)
        costs = sample["cost_profile"]
        capital = Decimal(costs["capital_gbp"]) * (50 + place % 101) / 100
        yield (
            place,
            submitted,
            sample
            | {
                "title": f"{sample['title']}, {place}",
                "why": f"It is needed, for reason {place}. " * 20,
                "cost_profile": costs | {"capital_gbp": capital.quantize(Decimal("0.01"))},
                "decision_needed_by": _later(submitted.date(), 40 + place % 120),
                "funding_condition": _bid(sample, submitted.date()),
            },
        )


def _bid(sample: dict[str, Any], day: date) -> dict[str, Any] | None:
    bid = sample.get("funding_condition")
    return bid | {"decision_due": _later(day, 30)} if bid else None


def _later(day: date, days: int) -> date:
    return day + timedelta(days=days)
