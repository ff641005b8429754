"""Bytes of a storage backend that is a folder, under signed URLs."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
