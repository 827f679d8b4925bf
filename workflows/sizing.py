"""The size of a proposal: what the PMO says of it on its way, and the way that it goes from then on."""

from workflows.attending import Attending
from workflows.model import CaseOpened, CaseSized, Sizing
from workflows.ports import Cases
from workflows.rules import course


class Sized(Attending):
    """A process whose case may be made major or minor while it is on its way.

    What is said of its size is written at once, whatever is asked meanwhile; its way has it from then on.
    """

    def __init__(self, case: str) -> None:
        super().__init__(case)
        self.sizing: Sizing | None = None
        """What the PMO has said last."""
        self._taken_up = 0
        """The number of what was said last of what is taken up."""
        self._taking_up = False

    def size(self, sizing: Sizing) -> None:
        """Take up what the PMO says of the size. What was said before, and is heard later, is passed over."""
        if self.sizing is None or sizing.number > self.sizing.number:
            self.sizing = sizing
        # Before it has begun, the record has no version in hand to write it of.
        if self.opened is not None:
            self._beside(self._take_up_size())

    async def as_sized(self, proposal: CaseOpened) -> CaseOpened:
        """Return the version in hand as the PMO has sized it, once that is written."""
        while self._to_take_up() is not None and not self.withdrawal:
            await self._wait(lambda: not self._taking_up, until=None, summary="its size")
            await self._take_up_size()
        return self.opened or proposal

    def _to_take_up(self) -> Sizing | None:
        return self.sizing if self.sizing and self.sizing.number > self._taken_up else None

    async def _take_up_size(self) -> None:
        if self._taking_up:
            return
        self._taking_up = True
        try:
            while sizing := self._to_take_up():
                sized = CaseSized(case=self.case, sizing=sizing, at=self.now)
                anew = await self._write(Cases.sized, sized, f"the PMO has said that it is {sizing.size}")
                self._hear(anew.clock)
                if self.opened is None or self.opened.version != anew.version:
                    # Another version is in by now: when that has begun, this is asked again.
                    break
                way = course.as_known(anew.route, self.opened.route)
                self.opened = anew.model_copy(update={"route": way})
                self._taken_up = sizing.number
        finally:
            self._taking_up = False
