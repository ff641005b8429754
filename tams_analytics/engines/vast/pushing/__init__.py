"""The conditions that VAST takes exactly: which, in what shape, and why not the others."""

from tams_analytics.engines.vast.pushing.conjuncts import (
    MOST_VALUES,
    Conjunct,
    NotLossless,
    Parameter,
    Term,
    isin,
    predicate,
)
from tams_analytics.engines.vast.pushing.losslessness import Guard, lossless
from tams_analytics.engines.vast.pushing.parts import (
    TOO_LONG_TOGETHER,
    in_parts,
    within_one_request,
)
from tams_analytics.engines.vast.pushing.push import Pushing, push, push_one, together
from tams_analytics.engines.vast.pushing.terms import column_of
from tams_analytics.engines.vast.pushing.texts import text

__all__ = [
    "MOST_VALUES",
    "TOO_LONG_TOGETHER",
    "Conjunct",
    "Guard",
    "NotLossless",
    "Parameter",
    "Pushing",
    "Term",
    "column_of",
    "in_parts",
    "isin",
    "lossless",
    "predicate",
    "push",
    "push_one",
    "text",
    "together",
    "within_one_request",
]
