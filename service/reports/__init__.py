"""What people report of projects, reviews and benefits: the boxes, how they are read, and how they are told.

A named answer of a decision is one box of a report. `kinds` says which boxes there are, `reading` turns what
was typed into answers, and `told` turns answers into words; pages, letters and the record all go by these.
"""

from service.reports import drafting, facts
from service.reports.boxes import Box, Form, Group, Rows, Type, When
from service.reports.context import Context, Post
from service.reports.kinds import form
from service.reports.reading import Reading, held, passed, read
from service.reports.told import labels, remarks

__all__ = [
    "Box",
    "Context",
    "Form",
    "Group",
    "Post",
    "Reading",
    "Rows",
    "Type",
    "When",
    "drafting",
    "facts",
    "form",
    "held",
    "labels",
    "passed",
    "read",
    "remarks",
]
