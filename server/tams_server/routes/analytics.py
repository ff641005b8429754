"""``/analytics``: the library's verbs and questions (an extension)."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
