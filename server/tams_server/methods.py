"""Which methods a path has: for ``Allow``, and for an OPTIONS that is no preflight (F25)."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter
from fastapi.routing import APIRoute

Methods = dict[str, str]
"""``Allow`` by the template of a path."""


def methods_of(routers: Iterable[APIRouter]) -> Methods:
    """What the routes of one path have together (§1)."""
    found: dict[str, set[str]] = {}
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                found.setdefault(route.path, set()).update(route.methods or ())
    return {path: allowed(methods) for path, methods in found.items()}


def allowed(methods: set[str]) -> str:
    """``Allow`` of these: HEAD where there is GET, OPTIONS always."""
    heads = {"HEAD"} if "GET" in methods else set()
    return ", ".join(sorted({*methods, *heads, "OPTIONS"}))
