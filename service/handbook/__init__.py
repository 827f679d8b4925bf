"""The organisation's rules as data: files that a governance officer can read, frozen into an edition."""

from service.handbook.delivering import AttachmentRules, DeliveryRules, GateRules, Strategy, Template
from service.handbook.differences import Difference, differences
from service.handbook.edition import (
    AppraisalRules,
    Budget,
    Clause,
    CorporateSystem,
    Decides,
    Department,
    Edition,
    Forum,
    Holding,
    Person,
    Post,
    Principle,
    Provisions,
    SharedService,
    Standard,
    TechnicalParameter,
)
from service.handbook.explain import counts, explained
from service.handbook.reading import HandbookError, load, names, parted, variants
from service.handbook.sources import Fault

__all__ = [
    "AppraisalRules",
    "AttachmentRules",
    "Budget",
    "Clause",
    "CorporateSystem",
    "Decides",
    "DeliveryRules",
    "Department",
    "Difference",
    "Edition",
    "Fault",
    "Forum",
    "GateRules",
    "HandbookError",
    "Holding",
    "Person",
    "Post",
    "Principle",
    "Provisions",
    "SharedService",
    "Standard",
    "Strategy",
    "TechnicalParameter",
    "Template",
    "counts",
    "differences",
    "explained",
    "load",
    "names",
    "parted",
    "variants",
]
