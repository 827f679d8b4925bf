"""Draws the states of a proposal for the documents: `python -m tests.support.states` writes the page."""

from pathlib import Path

from workflows.rules import actions, states

PAGE = Path(__file__).parents[2] / "docs" / "states.md"

_WORDS = """# The states of an investment proposal

Drawn from `workflows/rules/states.py` and `workflows/rules/actions.py`, and compared with them by a test.
After a change of the states, `python -m tests.support.states` draws the page again.

"""

_ACTIONS = """
## The states of an action

A condition of an approval, or what a refused exception leaves to be done. It begins as agreed, for the
decision agreed it; what is proposed comes with the improvement plans.

"""


def page() -> str:
    """Return the page as it should be."""
    proposal, action = (f"```mermaid\n{drawn}```\n" for drawn in (states.diagram(), actions.diagram()))
    return f"{_WORDS}{proposal}{_ACTIONS}{action}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
