"""Documents, without what differs each time."""

from __future__ import annotations

from typing import Any


def without(name: str, document: Any) -> Any:
    """``document`` without this key, wherever it stands."""
    if isinstance(document, list):
        return [without(name, each) for each in document]
    if isinstance(document, dict):
        return {key: without(name, value) for key, value in document.items() if key != name}
    return document
