"""What is known of a project or an assessment, and of the handbook, where it is reported on: it shapes the
boxes.
"""

from datetime import date

from pydantic import Field

from service.appraisal import Lacking
from service.store.projects import Called
from workflows.delivery import Authority, Band, Baseline, Stage, Tolerances
from workflows.model import Frozen


class Post(Frozen):
    """A post that may be named, and who would be asked for it."""

    key: str
    title: str
    person: str = ""


class Context(Frozen):
    """What shapes the boxes of a report."""

    today: date
    begun: date | None = None
    """The first day on which anything of it can have happened."""
    baseline: Baseline | None = None
    """The plan that was approved last."""
    called: dict[int, Called] = Field(default_factory=dict)
    """What its stages are called, by their numbers."""
    stage: int = 0
    """The delivery stage in hand; 0 before the first."""
    at_gate: bool = False
    """The stage in hand has been reported as ended, and its gate is asked."""
    went_live: date | None = None
    early: bool = False
    """The project is brought to an end before its time."""
    posts: tuple[Post, ...] = ()
    """Whom the handbook knows, and who would be asked for them."""
    executive: str = ""
    """The post that is offered as executive: the sponsor's."""
    templates: tuple[tuple[str, str], ...] = ()
    """Ways of passing gates, by key and name."""
    stages: int = 0
    """How many stages the chosen way has; 0: as many as are planned."""
    strategies: tuple[tuple[str, str], ...] = ()
    standards: tuple[tuple[str, str], ...] = ()
    """What is checked of projects, by key and name."""
    weeks: int = 4
    """From one highlight report to the next, unless a plan says otherwise."""
    tolerances: Tolerances = Tolerances()
    """What is tolerated now; before a plan is approved, what the handbook proposes."""
    asked: Authority | None = None
    """Who is asked about an exception; where nobody stands above, the greatest."""
    matrix: tuple[Band, ...] = ()
    """Who may tolerate how much."""
    needed: Tolerances | None = None
    """What would have to be tolerated for an exception to be within it; None for one of ratings alone."""
    papers: tuple[str, ...] = ()
    """The documents that the next gate asks for, by name."""
    success: str = ""
    """What success looks like by the last plan; empty where none says."""
    lacking: Lacking = Lacking()
    """What the business case leaves out without which no gate opens."""
    rated: bool = False
    """The gate that is asked about ends in a rating of how confident its board is of delivery."""
    claimed: str = ""
    """Of a benefit: what was claimed, in words."""
    in_pounds: bool = False
    """Of a benefit: it is measured in pounds."""

    delivery_options: tuple[tuple[str, str], ...] = ()
    """Of an assessment: the ways of delivery that are weighed, by key and name; where one is chosen, those
    that were.
    """
    recommended: str = ""
    """Of an assessment: the option that its owner recommends."""

    @property
    def following(self) -> Stage | None:
        """The stage after the one in hand; None if there is none."""
        stages = self.baseline.stages if self.baseline else ()
        return next((stage for stage in stages if stage.number == self.stage + 1), None)

    @property
    def titles(self) -> dict[str, str]:
        """The titles of the posts that may be named, by their keys."""
        return {post.key: post.title for post in self.posts}
