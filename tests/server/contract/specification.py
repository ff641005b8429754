"""The specification's own document: its operations, and what is wrong with an answer by it."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

BASE = "http://tams.invalid/"
"""Where the document lies, for its references to files beside it."""
DOCUMENT = "TimeAddressableMediaStore.yaml"
METHODS = ("get", "head", "put", "post", "delete")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""§10: no fraction, no offset."""
EVERYWHERE = {401, 403, 405, 415}
"""Codes that any operation may give (§7), beside those that are listed for it."""
BAD_QUERY = {"HEAD_storage-backends", "GET_storage-backends", "HEAD_webhooks", "GET_webhooks"}
BAD_QUERY |= {"HEAD_flow-delete-requests", "GET_flow-delete-requests"}
"""Listings that list no 400, which a bad parameter has to give all the same (§5, §32)."""

FORMATS = FormatChecker(formats=("uuid",))


@FORMATS.checks("date-time")
def is_date(value: Any) -> bool:
    return not isinstance(value, str) or DATE.fullmatch(value) is not None


@dataclass(frozen=True)
class Operation:
    """One method of one path, as the document has it."""

    id: str
    method: str
    path: str
    parameters: frozenset[tuple[str, str]]
    """Where each stands, and its name."""
    answers: Mapping[int, Mapping[str, Any]]
    """What is documented of each status code."""

    @property
    def is_listing(self) -> bool:
        return ("query", "limit") in self.parameters


class Specification:
    """The document and its schemas."""

    def __init__(self, folder: Path) -> None:
        text = (folder / DOCUMENT).read_bytes()
        self.document: Any = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        whole = DRAFT202012.create_resource(self.document)
        registry: Registry[Any] = Registry(
            retrieve=lambda uri: _file(folder / uri.removeprefix(BASE))  # type: ignore[call-arg]
        )
        self._registry = registry.with_resource(BASE + DOCUMENT, whole)
        self.operations = {each.id: each for each in self._operations()}

    def _operations(self) -> Iterator[Operation]:
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield self._operation(path, method, item)

    def _operation(self, path: str, method: str, item: Any) -> Operation:
        found = item[method]
        written = [*item.get("parameters", ()), *found.get("parameters", ())]
        resolved = [self._resolved(each) for each in written]
        return Operation(
            id=found["operationId"],
            method=method.upper(),
            path=path,
            parameters=frozenset((each["in"], each["name"]) for each in resolved),
            answers={
                int(status): {**self._resolved(answer), "headers": answer.get("headers", {})}
                for status, answer in found["responses"].items()
            },
        )

    def _resolved(self, part: Any) -> Any:
        """A part of the document, or the one that it refers to inside the document."""
        reference = part.get("$ref")
        if reference is None:
            return part
        steps = reference.removeprefix("#/").split("/")
        return functools.reduce(lambda found, step: found[step], steps, self.document)

    @functools.cache  # noqa: B019  (one specification a session)
    def validator(self, reference: str) -> Draft202012Validator:
        """Judges by a schema: a file of ``schemas/``, or a place in the document (``#/…``)."""
        place = DOCUMENT + reference if reference.startswith("#") else f"schemas/{reference}"
        schema = {"$ref": BASE + place}
        return Draft202012Validator(schema, registry=self._registry, format_checker=FORMATS)

    def body_validator(self, operation: Operation, status: int) -> Draft202012Validator | None:
        """Judges the body of an answer, where the document has a schema for it."""
        content = operation.answers.get(status, {}).get("content")
        if content is None or operation.method == "HEAD":
            return None
        path = operation.path.replace("~", "~0").replace("/", "~1")
        steps = f"{path}/{operation.method.lower()}/responses/{status}/content"
        return self.validator(f"#/paths/{steps}/application~1json/schema")

    def complaints(self, operation: Operation, answer: httpx2.Response) -> list[str]:
        """All that is wrong with an answer: nothing, if it is as the specification wants it."""
        return [
            *_of_status(operation, answer.status_code),
            *_of_headers(operation, answer),
            *self._of_body(operation, answer),
        ]

    def _of_body(self, operation: Operation, answer: httpx2.Response) -> Iterator[str]:
        is_head = operation.method == "HEAD"
        if is_head or answer.status_code == 204:
            if answer.content:
                yield f"a body: {answer.content[:80]!r}"
            if not is_head:
                return
        if not answer.content and _may_be_empty(operation, answer.status_code):
            return
        if answer.headers.get("content-type") != "application/json":
            yield f"content-type {answer.headers.get('content-type')!r}"
        if not is_head:
            yield from self._of_document(operation, answer)

    def _of_document(self, operation: Operation, answer: httpx2.Response) -> Iterator[str]:
        document = json.loads(answer.content)
        status = answer.status_code
        if status >= 400:
            yield from self._wrong(self.validator("error.json"), document)
            if not document.get("message"):
                yield "an error without a message"
            return
        judge = self.body_validator(operation, status)
        if judge is not None:
            yield from self._wrong(judge, document)
            yield from (f"null at {place}" for place in nulls(document))

    def _wrong(self, judge: Draft202012Validator, document: Any) -> Iterator[str]:
        for error in judge.iter_errors(document):
            yield f"{error.json_path}: {error.message[:300]}"


def _file(path: Path) -> Resource[Any]:
    return DRAFT202012.create_resource(json.loads(path.read_bytes()))


def _of_status(operation: Operation, status: int) -> Iterator[str]:
    allowed = set(operation.answers) | EVERYWHERE
    if operation.id in BAD_QUERY:
        allowed.add(400)
    if status not in allowed:
        yield f"status {status} is not documented"


def _may_be_empty(operation: Operation, status: int) -> bool:
    """A success of which no content is documented."""
    return status < 300 and "content" not in operation.answers.get(status, {"content": None})


def _of_headers(operation: Operation, answer: httpx2.Response) -> Iterator[str]:
    documented = operation.answers.get(answer.status_code, {}).get("headers", {})
    optional = {"Link", "X-Paging-NextKey"}  # on no last page (§22)
    for name in documented:
        if name not in answer.headers and name not in optional:
            yield f"the header {name} is missing"
    for name in answer.headers:
        is_of_paging = name.lower().startswith("x-paging-")
        if is_of_paging and name.lower() not in {each.lower() for each in documented}:
            yield f"the header {name} is not documented here"
    if ("Link" in answer.headers) != ("X-Paging-NextKey" in answer.headers):
        yield "Link and X-Paging-NextKey do not come together"
    if len(str(answer.headers.raw)) > 4000:
        yield "headers above 2 KB (§36)"


def nulls(document: Any, place: str = "$") -> Iterator[str]:
    """Where a document has a null (§20 of the tricky ones: absent is left out)."""
    if document is None:
        yield place
    elif isinstance(document, Mapping):
        for name, value in document.items():
            yield from nulls(value, f"{place}.{name}")
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from nulls(value, f"{place}[{index}]")
