"""A flow's label, description, read_only, bit rates, collection and tags, one by one."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
