"""Letters about an assessment of a business process: who is asked, and what is chosen."""

from collections.abc import Iterator

from activities.correspondence.case_file import Put
from activities.correspondence.projects import DeliveryLetters
from service import assessing
from service.store import assessments, intents
from workflows import days
from workflows.model import Choice, Seat
from workflows.rules.assessments import ASSESS


class AssessmentLetters(DeliveryLetters):
    """The letters of one assessment. Whoever made it does not choose."""

    def _stands(self, put: Put) -> tuple[str, ...]:
        """Say what was weighed and is recommended, to whoever chooses; and by when that is to be in place."""
        found = assessments.must(self.tx, self.case.ref)
        in_place = f"What is chosen is to be in place by {days.in_full(found.in_place_by)}."
        if put.terms.kind == ASSESS:
            return (*self._sent_back(), in_place)
        weighed = sum(one.weighed for one in assessments.options(self.tx, self.case.ref))
        recommended = assessing.name_of(self.rules, found.recommended)
        return (f"{weighed} options were weighed; recommended: {recommended}.", in_place)

    def _sent_back(self) -> Iterator[str]:
        """Say why it was sent back last, where it is asked again."""
        made = intents.decisions_of(self.tx, self.case.ref, strict=False)
        returned = [one for one in made if one.choice is Choice.RETURN][-1:]
        yield from (f"It was sent back: “{one.reason}”" for one in returned if one.reason)

    def _why_the_line(self, put: Put, seat: Seat) -> str:
        because = super()._why_the_line(put, seat)
        return {"manager": "assessor", "covers_manager": "covers_assessor"}.get(because, because)
