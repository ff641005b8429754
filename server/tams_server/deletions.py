"""What a delete answers: done, or a request that is worked on (mission R1, R2, R4, §119, §188)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from tams_server.answers import json_answer, no_content
from tams_server.base import base_url

REQUESTS = "flow-delete-requests"


def deletion_answer(request: Request, document: dict[str, Any] | None) -> Response:
    """204; or 202 with the deletion request, and where it is to be watched (§219)."""
    if document is None:
        return no_content()
    return json_answer(document, 202, {"Location": f"{requests_url(request)}/{document['id']}"})


def deletions_answer(request: Request, documents: list[dict[str, Any]]) -> Response:
    """204; or 202 with a deletion request for each flow, and where all are listed (R1)."""
    if not documents:
        return no_content()
    return json_answer(documents, 202, {"Location": requests_url(request)})


def requests_url(request: Request) -> str:
    """Where all deletion requests are listed: absolute."""
    return f"{base_url(request.scope)}{REQUESTS}"
