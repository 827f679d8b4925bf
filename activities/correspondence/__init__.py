"""Correspondence: which letters an event sends, to whom, and the facts that they tell."""

from activities.correspondence.actions import correspondence
from activities.correspondence.proposals import Correspondence

__all__ = ["Correspondence", "correspondence"]
