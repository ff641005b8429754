"""The served OpenAPI document: every operation with the specification's id."""

from __future__ import annotations

import copy
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi


def specified_document(app: FastAPI) -> dict[str, Any]:
    """What the routes say of themselves, and a HEAD for each GET (§1); made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            routes=app.routes,
            separate_input_output_schemas=False,
        )
        for path in document["paths"].values():
            _refine(path)
        app.openapi_schema = document
    return app.openapi_schema


def _refine(path: dict[str, Any]) -> None:
    for operation in path.values():
        operation["responses"].pop("422", None)
    if "get" in path:
        head = copy.deepcopy(path["get"])
        head["operationId"] = head["operationId"].replace("GET_", "HEAD_", 1)
        for response in head["responses"].values():
            response.pop("content", None)
        path["head"] = head
