"""How timeranges, stores and explanations show, in terminals and notebooks: text and HTML."""

from __future__ import annotations
