"""Profiles: listed, read, made."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
