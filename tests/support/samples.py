"""The twelve sample proposals that are shipped, by their id."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import service
from service.handbook import sources

FILE = Path(service.__file__).parent / "samples" / "proposals-sample.yaml"
_READ = sources.read(FILE).data
SAMPLES: dict[str, dict[str, Any]] = {document["id"]: document for document in _READ["proposals"]}
CALENDARS: dict[str, Any] = _READ["calendars"]
"""The meetings that the samples were written for."""

_LEG_OF_WORD = {
    "notify": "notification",
    "notify_direct": "notification",
    "head_of_profession_consultation": "head_of_profession",
    "principal_customer_review": "principal_customer",
    "principal_customer_confirmation": "principal_customer",
    "heads_of_ict_consideration": "issue_resolution",
    "ict_services_solution": "issue_resolution",
    "dataset_decision_recorded": "issue_resolution",
    "funding_condition_gate": "bid_outcome",
    "funding_party_approval": "funding",
    "srg_decision": "srg",
    "prince2_stages": "project",
    "post_implementation_review": "post_implementation_review",
    "benefits_realisation_review": "post_implementation_review",
    "embargo_check": "embargo_exception",
    "embargo_exception": "embargo_exception",
}
_NO_LEGS = (
    "submit",
    "principles_check",
    "business_case",
    "revise_to_use_corporate_system",
    "approved",
)


def expected(words: Sequence[str]) -> tuple[str, ...]:
    """Return the legs that the words of a sample's path mean, each once, in order."""
    assert {*words} <= {*_LEG_OF_WORD, *_NO_LEGS}
    return tuple(dict.fromkeys(_LEG_OF_WORD[word] for word in words if word in _LEG_OF_WORD))
