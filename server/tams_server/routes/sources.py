"""Sources: listed, read, their tags, label and description; made and deleted (extensions)."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
