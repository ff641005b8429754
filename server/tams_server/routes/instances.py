"""Instances of objects, added and deleted; objects given back (an extension)."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
