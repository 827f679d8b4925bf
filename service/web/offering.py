"""The posts that a form offers, by title: those for which somebody would be asked."""

from datetime import date

from service import telling
from service.handbook import Edition
from service.web.standing import Sight


def condition_owners(sight: Sight) -> list[tuple[str, str]]:
    """Return the posts that may be asked to meet a condition or to check it, by title.

    One that nobody holds is told with whoever is asked instead, and is left out if nobody is.
    """
    return [
        (post, named)
        for post, title in posts(sight.edition, sight.today)
        if (named := _named(sight, post, title))
    ]


def _named(sight: Sight, post: str, title: str) -> str:
    asked = sight.people.answering(post, sight.today)
    if asked in (None, post):
        return title if asked else ""
    return f"{title} (held by nobody today; {telling.title(sight.edition, asked, sight.today)} is asked)"


def posts(edition: Edition, today: date) -> list[tuple[str, str]]:
    """Return all posts by title."""
    known = sorted(edition.posts.values(), key=lambda post: post.title_on(today))
    return [(post.key, post.title_on(today)) for post in known]
