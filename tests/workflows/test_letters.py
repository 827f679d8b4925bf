"""What people type, as it may be kept and written to others."""

import pytest
from pydantic import TypeAdapter

from workflows.letters import Line, Text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Build", "Build"),
        ("  Build \n the  hall ", "Build\nthe hall"),
        ("\u202eBuild", "Build"),
        ("👩\u200d🔧", "👩\u200d🔧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200b", ""),
        ("\u200b\n\u2060\ufeff", ""),
        ("\u00ad", ""),
        ("\u2800 \u3164", ""),
        ("\ufe0f\U000e0100", ""),
        ("\u180e\u061c", ""),
    ],
)
def test_what_shows_nothing_is_nothing(typed: str, kept: str) -> None:
    assert TypeAdapter(Text).validate_python(typed) == kept
    assert TypeAdapter(Line).validate_python(typed) == " ".join(kept.split())
