"""What was typed into the boxes of a report, as it is read: sums, days, posts and ratings in words."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from service.handbook import Edition
from service.handbook.words import pounds
from service.store.intents import SAID, Answered
from workflows.days import in_full

_MONEY = re.compile(r"forecast_cost|final_cost|next_cost|stage_cost_\d+")
_DAYS = re.compile(r"go_live|went_live|next_ends|forecast_go_live|forecast_stage_ends|stage_ends_\d+")
_POSTS = re.compile(r"manager|executive|senior_user|senior_supplier")
_WEEKS = re.compile(r"stage_weeks_\d+")
_CHOICES = re.compile(r"rating\w*|objectives|recommendation|standard_\w+")
_PERCENT, _WORKING_DAYS = "tolerance_cost", "tolerance_days"

_PARTLY = {"partly": "Partly met"}


def said(name: str, answer: Answered, rules: Edition, titled: Callable[[str], str]) -> str:
    """Return what a box says, in words; empty for one that is read as it is.

    `titled` names a post.
    """
    value = answer.value
    if not value or value == SAID:
        return ""
    if _MONEY.fullmatch(name):
        return pounds(Decimal(value))
    if _DAYS.fullmatch(name):
        return in_full(date.fromisoformat(value))
    if _POSTS.fullmatch(name):
        return titled(value)
    if _WEEKS.fullmatch(name):
        return _counted(int(value), "week")
    if name == _PERCENT:
        return f"{Decimal(value).normalize():f}%"
    if name == _WORKING_DAYS:
        return _counted(int(value), "working day")
    if _CHOICES.fullmatch(name):
        chosen = _PARTLY.get(value, value.replace("_", " ").capitalize())
        return f"{chosen}: {answer.text}" if answer.text else chosen
    if name in ("template", "strategy") and rules.delivery:
        known = rules.delivery.templates if name == "template" else rules.delivery.strategies
        return known[value].name if value in known else value
    return ""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
