"""The demo's story says only what it has seen to be so."""

from datetime import date
from typing import Any

import pytest

from service.demo.people import NotTrue, Received
from service.demo.story import AWAY, BOARD, CONDITION, SECRETARY, SPONSOR, Story
from workflows.model import State


class Decider:
    """Decides whatever is asked."""

    async def decide(self, letter: Received, typed: dict[str, Any]) -> None:
        return None


class Retold(Story):
    """The story with letters made up: the condition is in each but that to one reader."""

    def __init__(self, silent_to: str) -> None:
        self.silent_to = silent_to
        self.told: list[str] = []

    async def jump(self, on: date | None = None) -> None:
        return None

    async def state(self, state: State) -> None:
        return None

    async def letter(self, to: str, says: str) -> Received:
        text = "Nothing more." if to == self.silent_to else f"Condition: {CONDITION}"
        return Received(id=1, to=to, subject=says, text=text, links=())

    def person(self, address: str) -> Any:
        return Decider()

    def fact(self, event: str, sentence: str, **more: Any) -> None:
        self.told.append(event)


@pytest.mark.parametrize("reader", [SECRETARY, SPONSOR, *BOARD, AWAY])
async def test_it_is_not_true_that_each_letter_had_the_condition_if_one_had_not(reader: str) -> None:
    story = Retold(silent_to=reader)
    with pytest.raises(NotTrue, match="does not say: The images move"):
        await story.everybody_asked_sees_the_condition()
    assert story.told == []


async def test_it_is_told_once_every_letter_had_the_condition() -> None:
    story = Retold(silent_to="")
    await story.everybody_asked_sees_the_condition()
    assert story.told == ["deviation.approved"]


async def test_no_exception_is_told_while_the_project_goes_on_as_before() -> None:
    class Unmoved(Retold):
        project = "PRJ-2004-0001"

        async def _jumped_to(self, to: str, says: str, ref: str = "") -> Received:
            return await self.letter(to, says)

        async def _case_is(self, ref: str, state: Any) -> None:
            raise NotTrue(f"the state {state} of {ref} did not come")

    story = Unmoved(silent_to="")
    with pytest.raises(NotTrue, match="the state in_exception of PRJ-2004-0001"):
        await story.report_is_past_tolerance()
    assert story.told == []
