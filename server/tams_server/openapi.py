"""The served OpenAPI document: every operation with the specification's id."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from tams_server.answers import MEDIA_TYPE
from tams_server.bodies import json_body, long_json_body, optional_json_body
from tams_server.routes import ROUTERS
from tams_server.strict import known_parameters, parts_of
from tams_server.uploads import FILE, MULTIPART, SEGMENT, posted_segments

T = TypeVar("T")

ANY: Mapping[str, Any] = {"schema": {}}
JSON: Mapping[str, Any] = {"required": True, "content": {MEDIA_TYPE: ANY}}
PARTS = {SEGMENT: {"type": "object"}, FILE: {"type": "string", "format": "binary"}}
IN_PARTS = {"schema": {"type": "object", "properties": PARTS, "required": [*PARTS]}}
BODIES: Mapping[Any, Mapping[str, Any]] = {
    json_body: JSON,
    long_json_body: JSON,
    optional_json_body: {**JSON, "required": False},
    posted_segments: {**JSON, "content": {MEDIA_TYPE: ANY, MULTIPART: IN_PARTS}},
}
"""By what reads a body: that there is one. What may be in it is the specification's to say, and
the library's to judge."""
_NUMBERS = r"[§FLRTW][0-9]+(?:(?:, | to )[§FLRTW][0-9]+)*"
IN_FRONT, BEHIND = re.compile(rf"^{_NUMBERS}[.:] ?"), re.compile(rf" ?\({_NUMBERS}\)")
"""Where a description has numbers: ``§55, §56.``, ``(W5, §158 to §184)``."""
NAMES = {"request_id": "request-id"}
"""What the specification calls a place in a path whose name the framework cannot take."""


def specified_document(app: FastAPI) -> dict[str, Any]:
    """What the routes say of themselves, and a HEAD for each GET (§1); made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            separate_input_output_schemas=False,
        )
        document["paths"] = {
            path.replace("{request_id}", "{request-id}"): item
            for path, item in document["paths"].items()
        }
        filters, bodies = _of_routes(_tag_filters), _of_routes(_body)
        for path, item in document["paths"].items():
            _refine(item, filters, bodies, group=path.split("/")[1] or "service")
        app.openapi_schema = _unnumbered(document)
    return app.openapi_schema


def _unnumbered(part: Any) -> Any:
    """Without the numbers of statements and rules, which docstrings have for who reads code."""
    if isinstance(part, list):
        return [_unnumbered(each) for each in part]
    if not isinstance(part, dict):
        return part
    found = {name: _unnumbered(each) for name, each in part.items()}
    if isinstance(said := found.get("description"), str):
        told = BEHIND.sub("", IN_FRONT.sub("", said))
        found["description"] = told[:1].upper() + told[1:]
    return {name: each for name, each in found.items() if (name, each) != ("description", "")}


def _of_routes(what: Callable[[APIRoute], T]) -> dict[str, T]:
    """``what`` of each route, by its operation's id."""
    routes = [each for router in ROUTERS for each in router.routes if isinstance(each, APIRoute)]
    return {str(route.operation_id): what(route) for route in routes}


def _tag_filters(route: APIRoute) -> list[dict[str, Any]]:
    """The parameters by which an operation filters tags; their names hold the tag's name."""
    return [_parameter(prefix) for prefix in known_parameters(route)[1]]


def _body(route: APIRoute) -> Mapping[str, Any] | None:
    calls = (part.call for part in parts_of(route.dependant))
    return next((BODIES[call] for call in calls if call in BODIES), None)


def _parameter(prefix: str) -> dict[str, Any]:
    kind = "boolean" if prefix.endswith("_exists.") else "string"
    return {"name": f"{prefix}{{name}}", "in": "query", "schema": {"type": kind}}


def _refine(
    path: dict[str, Any],
    filters: Mapping[str, list[dict[str, Any]]],
    bodies: Mapping[str, Mapping[str, Any] | None],
    *,
    group: str,
) -> None:
    for operation in path.values():
        operation["tags"] = [group]
        operation["responses"].pop("422", None)
        if found := filters.get(operation["operationId"]):
            operation.setdefault("parameters", []).extend(found)
        if body := bodies.get(operation["operationId"]):
            operation["requestBody"] = dict(body)
        for parameter in operation.get("parameters", ()):
            parameter["name"] = NAMES.get(parameter["name"], parameter["name"])
    if "get" in path:
        head = copy.deepcopy(path["get"])
        head["operationId"] = head["operationId"].replace("GET_", "HEAD_", 1)
        for response in head["responses"].values():
            response.pop("content", None)
        path["head"] = head
