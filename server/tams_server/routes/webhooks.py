"""Webhooks: listed, read, made, changed, deleted."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
