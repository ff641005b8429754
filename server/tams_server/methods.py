"""Which methods a path has: for ``Allow``, and for an OPTIONS that is no preflight (F25)."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter
from fastapi.routing import APIRoute

Methods = dict[str, str]
"""``Allow`` by the template of a path."""


def methods_of(routers: Iterable[APIRouter]) -> Methods:
    """What the routes of one path have together, and HEAD where there is GET (§1)."""
    found: dict[str, set[str]] = {}
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                found.setdefault(route.path, {"OPTIONS"}).update(route.methods or ())
    for methods in found.values():
        methods.update(["HEAD"] if "GET" in methods else [])
    return {path: ", ".join(sorted(methods)) for path, methods in found.items()}
