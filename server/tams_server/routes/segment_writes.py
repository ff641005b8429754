"""Segments of a flow, registered and deleted."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
