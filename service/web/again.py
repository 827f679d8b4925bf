"""A form that came too late to be acted on: what was typed into it, given back so that none of it is lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile

from service import documents
from service.web import words

MARK = "csrf"
OURS = (MARK, "shown", "content", "attempt")
"""Fields that nobody types: what a form carries to be known again."""
_DAY, _PARTS = "-day", ("-day", "-month", "-year")


@dataclass(frozen=True)
class Typed:
    """What somebody typed into a form, and the documents that they chose, which are not kept."""

    fields: tuple[tuple[str, str], ...]
    """All that the form sent, but for its mark and its documents."""
    documents: tuple[str, ...]
    """Their names."""

    @property
    def told(self) -> list[tuple[str, str]]:
        """What was typed, each with its box in words."""
        sent = dict(self.fields)
        return list(_told(self.fields, sent))


def typed(sent: FormData) -> Typed | None:
    """Return what was typed into a form; None if that is nothing."""
    fields = tuple(
        (name, value.replace("\x00", ""))
        for name, value in sent.multi_items()
        if isinstance(value, str) and name != MARK
    )
    names = tuple(
        documents.safe_name(value.filename)
        for _, value in sent.multi_items()
        if isinstance(value, UploadFile) and value.filename
    )
    anything = any(value.strip() for name, value in fields if name not in OURS)
    return Typed(fields, names) if anything or names else None


def _told(fields: Iterable[tuple[str, str]], sent: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for name, value in fields:
        if name in OURS or (name.endswith(_PARTS) and not name.endswith(_DAY)):
            continue
        if name.endswith(_DAY):
            name = name.removesuffix(_DAY)
            value = " ".join(filter(None, (sent.get(f"{name}{part}", "").strip() for part in _PARTS)))
        if value.strip():
            yield words.sentence(name.replace("_", " ")).removesuffix("."), value
