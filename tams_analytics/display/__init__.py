"""How timeranges, stores and explanations show, in terminals and notebooks: text and HTML."""

from __future__ import annotations

from tams_analytics.display.card import StoreCard
from tams_analytics.display.explanation import explanation_html, explanation_text
from tams_analytics.display.tables import timeranges

__all__ = ["StoreCard", "explanation_html", "explanation_text", "timeranges"]
