"""Checks an exported case with nothing but Python: `python3 standalone.py CASE.jsonl --key ID:HEX`.

CASE.jsonl is what `assent export journal CASE` prints; a key is what `assent audit keys` prints for an
auditor. Every line is signed together with the line before it, so a line that was changed, added, taken
away or moved breaks the chain where it stands. Lines cut off at the end break nothing: give the last
line's number and fingerprint, from a letter or a page, with `--end`. Without a key only the order of
the lines can be checked, not who wrote them.

This file imports nothing of Assent, so that nobody has to trust Assent to check what it wrote.
"""

import argparse
import hmac
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

SIGNED = ("case", "seq", "at", "recorded", "actor", "on_behalf_of", "kind", "key", "data")
"""What a line's signature covers, besides the signature of the line before."""
FIRST = "0" * 64
"""What stands for the line before the first."""


def signature(key: bytes, line: Mapping[str, Any]) -> str:
    """Return what a line's signature must be under a key (HMAC-SHA-256 over canonical JSON, RFC 8785)."""
    record = {name: line[name] for name in SIGNED}
    spelt = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, f"{line['prev']}{spelt}".encode(), sha256).hexdigest()


def faults(lines: Iterable[str], keys: Mapping[str, bytes], end: tuple[int, str] | None) -> Iterator[str]:
    """Say what is wrong with a case's lines, in order; nothing if they are as they were written."""
    before, seq, case = FIRST, 0, None
    for number, text in enumerate(lines, start=1):
        try:
            line = json.loads(text)
            missing = [name for name in (*SIGNED, "prev", "kid", "mac") if name not in line]
        except (ValueError, TypeError):
            yield f"line {number} cannot be read"
            return
        if missing:
            yield f"line {number} has no {missing[0]}"
            return
        case = case or line["case"]
        if line["case"] != case:
            yield f"line {number} is of another case, {line['case']}"
        if line["seq"] != seq + 1:
            yield f"line {number} is numbered {line['seq']}, and {seq + 1} was to follow"
        if line["prev"] != before:
            yield f"line {number} does not follow from the line before it"
        if keys and line["kid"] not in keys:
            yield f"line {number} is signed with key {line['kid']}, which was not given"
        elif keys and not hmac.compare_digest(signature(keys[line["kid"]], line), line["mac"]):
            yield f"line {number} was changed, or never written by Assent"
        before, seq = line["mac"], line["seq"]
    if end is not None and (seq, before[: len(end[1])]) != end:
        yield f"the last line is {seq} ({before[:16]}), and not {end[0]} ({end[1][:16]})"


def _key(given: str) -> tuple[str, bytes]:
    kid, _, secret = given.partition(":")
    return kid, bytes.fromhex(secret)


def _end(given: str) -> tuple[int, str]:
    seq, _, fingerprint = given.partition(":")
    if not fingerprint.strip():
        raise ValueError
    return int(seq), "".join(fingerprint.split()).lower()


def main() -> None:
    """Read the command line, check, and end with a status of 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("case", type=Path, help="what `assent export journal` printed")
    parser.add_argument("--key", type=_key, action="append", default=[], help="ID:HEX; may be repeated")
    parser.add_argument("--end", type=_end, help="the last line, as NUMBER:FINGERPRINT")
    chosen = parser.parse_args()
    # Only at line feeds: some of what people write looks like the end of a line to Python.
    lines = chosen.case.read_text("utf-8").removesuffix("\n").split("\n")
    found = list(faults(lines, dict(chosen.key), chosen.end))
    for fault in found:
        print(fault)
    if not found:
        checked = (
            "as they were written" if chosen.key else "in order; without a key nobody can say whose they are"
        )
        print(f"{len(lines)} lines, {checked}.")
    sys.exit(1 if found or not lines else 0)


if __name__ == "__main__":
    main()
