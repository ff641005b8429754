"""``/_mgmt`` and ``/metrics``: how the server is."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
