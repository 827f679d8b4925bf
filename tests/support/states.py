"""Draws the states of a proposal for the documents: `python -m tests.support.states` writes the page."""

from pathlib import Path

from workflows.rules import states

PAGE = Path(__file__).parents[2] / "docs" / "states.md"

_WORDS = """# The states of an investment proposal

Drawn from `workflows/rules/states.py`, and compared with it by a test. After a change of the states,
`python -m tests.support.states` draws the page again.

"""


def page() -> str:
    """Return the page as it should be."""
    return f"{_WORDS}```mermaid\n{states.diagram()}```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
