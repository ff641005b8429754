"""The served OpenAPI document: every operation with the specification's id."""

from __future__ import annotations

import copy
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from tams_server.routes import ROUTERS
from tams_server.strict import known_parameters

NAMES = {"request_id": "request-id"}
"""What the specification calls a place in a path whose name the framework cannot take."""


def specified_document(app: FastAPI) -> dict[str, Any]:
    """What the routes say of themselves, and a HEAD for each GET (§1); made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            routes=app.routes,
            separate_input_output_schemas=False,
        )
        document["paths"] = {
            path.replace("{request_id}", "{request-id}"): item
            for path, item in document["paths"].items()
        }
        tags = _tag_filters()
        for path in document["paths"].values():
            _refine(path, tags)
        app.openapi_schema = document
    return app.openapi_schema


def _tag_filters() -> dict[str, list[dict[str, Any]]]:
    """The parameters by which an operation filters tags; their names hold the tag's name."""
    routes = [each for router in ROUTERS for each in router.routes if isinstance(each, APIRoute)]
    return {
        str(route.operation_id): [_parameter(prefix) for prefix in known_parameters(route)[1]]
        for route in routes
    }


def _parameter(prefix: str) -> dict[str, Any]:
    kind = "boolean" if prefix.endswith("_exists.") else "string"
    return {"name": f"{prefix}{{name}}", "in": "query", "schema": {"type": kind}}


def _refine(path: dict[str, Any], tags: dict[str, list[dict[str, Any]]]) -> None:
    for operation in path.values():
        operation["responses"].pop("422", None)
        filters = tags.get(operation["operationId"])
        if filters:
            operation.setdefault("parameters", []).extend(filters)
        for parameter in operation.get("parameters", ()):
            parameter["name"] = NAMES.get(parameter["name"], parameter["name"])
    if "get" in path:
        head = copy.deepcopy(path["get"])
        head["operationId"] = head["operationId"].replace("GET_", "HEAD_", 1)
        for response in head["responses"].values():
            response.pop("content", None)
        path["head"] = head
