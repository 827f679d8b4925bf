"""Letters about an assessment of a business process: who is asked, and what is chosen."""

from activities.correspondence.case_file import Put
from activities.correspondence.projects import DeliveryLetters
from workflows.model import Seat


class AssessmentLetters(DeliveryLetters):
    """The letters of one assessment. Whoever made it does not choose."""

    def _why_the_line(self, put: Put, seat: Seat) -> str:
        because = super()._why_the_line(put, seat)
        return {"manager": "owner", "covers_manager": "covers_owner"}.get(because, because)
