"""Every letter as a pair of files to look at: `python -m notifications.preview [FOLDER]`."""

import argparse
import tempfile
from email.message import EmailMessage
from pathlib import Path

from notifications.examples import EXAMPLES, rendered


def write(folder: Path) -> None:
    """Write each example as NAME.txt (headers and text part), NAME.html and, if it invites, NAME.ics."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, letter in EXAMPLES.items():
        message = rendered(letter)
        headers = "".join(f"{name}: {value}\n" for name, value in message.items())
        (folder / f"{name}.txt").write_text(f"{headers}\n{_part(message, 'plain')}", encoding="utf-8")
        (folder / f"{name}.html").write_text(_part(message, "html"), encoding="utf-8")
        for file in message.iter_attachments():
            (folder / f"{name}.ics").write_bytes(file.get_content())


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="made if need be; else a temporary one")
    folder = parser.parse_args().folder or Path(tempfile.mkdtemp(prefix="letters-"))
    write(folder)
    print(f"{len(EXAMPLES)} letters are in {folder}.")


if __name__ == "__main__":
    main()
