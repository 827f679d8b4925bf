"""The course of reviews and benefits: who is asked, and how much has come about."""

from temporalio import activity

from activities.writing import Writing
from service import delivering, reporting
from service.store import benefits, intents, projects
from service.store.engine import Tx
from workflows import ports
from workflows.delivery import BenefitOpened, BenefitRead, ReviewInHand


class Benefits(Writing, ports.Benefits):
    """Writes the course of reviews and benefits into the record."""

    @activity.defn(name="benefits_of")
    async def of_proposal(self, parent: str) -> tuple[str, ...]:
        """Return the references of the benefits of a proposal that are to be followed."""
        return await self._write(self._of_proposal, parent)

    @activity.defn(name="benefit_in_hand")
    async def in_hand(self, case: str) -> BenefitOpened:
        """Write that a benefit's process has begun, unless it is written; return the benefit as it is."""
        return await self._write(self._in_hand, case)

    @activity.defn(name="benefit_read")
    async def read(self, read: BenefitRead) -> BenefitOpened:
        """Write how much of a benefit has come about, as its owner says."""
        return await self._write(self._read, read)

    @activity.defn(name="review_in_hand")
    async def review(self, case: str) -> ReviewInHand:
        """Return who writes the review of a proposal, who checks it, and when it is due."""
        return await self._write(delivering.review_in_hand, case)

    def _of_proposal(self, tx: Tx, parent: str) -> tuple[str, ...]:
        return tuple(one.ref for one in benefits.of_proposal(tx, parent) if one.open)

    def _in_hand(self, tx: Tx, case: str) -> BenefitOpened:
        projects.begun(tx, case)
        return delivering.benefit_in_hand(tx, case)

    def _read(self, tx: Tx, read: BenefitRead) -> BenefitOpened:
        (said,) = intents.decisions_of_step(tx, read.step, strict=False)
        value, rating = reporting.reading(said.answers)
        benefits.read(tx, read, person=said.person, value=value, rating=rating)
        return delivering.benefit_in_hand(tx, read.case)
