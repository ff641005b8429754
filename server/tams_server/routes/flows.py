"""Flows: listed, read, put, made and deleted."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
