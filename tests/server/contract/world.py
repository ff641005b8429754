"""What a case may name as ``$name``: made over the API, when the first case asks for it."""

from __future__ import annotations

import functools
import itertools
import uuid
from typing import Any

from fastapi.testclient import TestClient

VIDEO = "urn:x-nmos:format:video"
MULTI = "urn:x-nmos:format:multi"
MANY = 1001
"""Segments above the threshold of a delete that is done at once (R2)."""


def new_id() -> str:
    return str(uuid.uuid4())


def segment(start: int, **more: Any) -> dict[str, Any]:
    """A segment of one second, of an object of its own that lies elsewhere."""
    url = f"https://elsewhere.example/{start}"
    urls = [{"label": "elsewhere", "url": url}]
    timerange = f"[{start}:0_{start + 1}:0)"
    return {"object_id": new_id(), "timerange": timerange, "get_urls": urls, **more}


class World:
    """Entities of one store; a case that changes something has a world of its own."""

    ill = "NOT-A-UUID"
    tag = "genre"
    name = "Sports / Fußball 100 %"

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self._seconds = itertools.count(100)

    def given(self, value: Any) -> Any:
        """``value`` with each ``$name`` in it replaced by what this world has of that name."""
        if isinstance(value, str) and value.startswith("$"):
            return getattr(self, value[1:])
        if isinstance(value, dict):
            return {name: self.given(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.given(each) for each in value]
        return value

    def sent(self, method: str, path: str, document: Any = None) -> Any:
        """What the API answers; a refusal is a failure of the test."""
        answer = self.client.request(method, path, json=document)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    @property
    def unknown(self) -> str:
        return new_id()

    @functools.cached_property
    def new_flow(self) -> str:
        """The id that `new_flow_document` has."""
        return new_id()

    @property
    def new_flow_document(self) -> dict[str, Any]:
        return flow_document(self.new_flow, new_id())

    @functools.cached_property
    def flow(self) -> str:
        """A video flow with all properties that a flow has a path for."""
        return self.put(flow_document(new_id(), new_id(), **PROPERTIES))

    @property
    def flow_document(self) -> dict[str, Any]:
        return {**flow_document(self.flow, self.source), "label": "again"}

    @functools.cached_property
    def bare_flow(self) -> str:
        """A flow with nothing that can be left out."""
        return self.put(flow_document(new_id(), new_id()))

    @functools.cached_property
    def read_only_flow(self) -> str:
        flow = self.put(flow_document(new_id(), new_id(), **PROPERTIES))
        self.sent("POST", f"/flows/{flow}/segments", segment(0))
        self.sent("PUT", f"/flows/{flow}/read_only", True)
        return flow

    @property
    def read_only_document(self) -> dict[str, Any]:
        return flow_document(self.read_only_flow, new_id())

    @functools.cached_property
    def flow_without_container(self) -> str:
        document = flow_document(new_id(), new_id())
        del document["container"]
        return self.put(document)

    @functools.cached_property
    def collector(self) -> str:
        """A multi flow that collects `flow`."""
        flow = {"id": new_id(), "source_id": new_id(), "format": MULTI}
        self.put(flow)
        self.sent("PUT", f"/flows/{flow['id']}/flow_collection", [{"id": self.flow}])
        return flow["id"]

    @functools.cached_property
    def source(self) -> str:
        """The source of `flow`, with a label, a description and tags."""
        source: str = self.sent("GET", f"/flows/{self.flow}")["source_id"]
        self.sent("PUT", f"/sources/{source}/label", "a source")
        self.sent("PUT", f"/sources/{source}/description", "of a test")
        self.sent("PUT", f"/sources/{source}/tags/{self.tag}", ["sports", "football"])
        return source

    @functools.cached_property
    def bare_source(self) -> str:
        source: str = self.sent("GET", f"/flows/{self.bare_flow}")["source_id"]
        return source

    @functools.cached_property
    def filled_flow(self) -> str:
        """A flow with three segments, of which one has an object with an init object."""
        flow = self.put(flow_document(new_id(), new_id()))
        self.sent("POST", f"/flows/{flow}/segments", [segment(0), segment(1)])
        last = {**segment(5), "object_id": self.object_of(flow)}
        self.sent("POST", f"/flows/{flow}/segments", last)
        return flow

    def object_of(self, flow: str) -> str:
        """An object with room in the default storage backend, allocated for ``flow``."""
        answer = self.sent("POST", f"/flows/{flow}/storage", {"limit": 1})
        object_id: str = answer["media_objects"][0]["object_id"]
        return object_id

    @functools.cached_property
    def large_flow(self) -> str:
        """A flow with more segments than a delete takes at once."""
        flow = self.put(flow_document(new_id(), new_id()))
        many = [segment(start) for start in range(MANY)]
        self.sent("POST", f"/flows/{flow}/segments", many)
        return flow

    @functools.cached_property
    def allocated(self) -> str:
        """An object that no segment has yet."""
        return self.object_of(self.flow)

    @functools.cached_property
    def object(self) -> str:
        """An object that lies elsewhere, in two segments and at two URLs."""
        posted = segment(0)
        self.sent("POST", f"/flows/{self.flow}/segments", posted)
        self.sent("POST", f"/flows/{self.bare_flow}/segments", {**posted, "get_urls": []})
        object_id: str = posted["object_id"]
        self.sent("POST", f"/objects/{object_id}/instances", self.instance)
        return object_id

    @property
    def instance(self) -> dict[str, str]:
        return {"url": "https://third.example/object", "label": "third"}

    @property
    def fourth_instance(self) -> dict[str, str]:
        return {"url": "https://fourth.example/object", "label": "fourth"}

    @property
    def new_segment(self) -> dict[str, Any]:
        """Of a second that no other segment has."""
        return segment(next(self._seconds))

    @property
    def overlapping(self) -> dict[str, Any]:
        """A segment that `filled_flow` has already."""
        assert self.filled_flow
        return segment(0)

    @functools.cached_property
    def new_profile(self) -> str:
        return new_id()

    @property
    def new_profile_document(self) -> dict[str, Any]:
        return profile_document(self.new_profile)

    @functools.cached_property
    def profile(self) -> str:
        profile = new_id()
        self.sent("POST", f"/service/profiles/{profile}", profile_document(profile))
        return profile

    @property
    def profile_document(self) -> dict[str, Any]:
        return profile_document(self.profile)

    @property
    def webhook_document(self) -> dict[str, Any]:
        return {"url": "https://hook.example/", "events": ["flows/created"], **KEY}

    @functools.cached_property
    def webhook(self) -> str:
        webhook: str = self.sent("POST", "/service/webhooks", self.webhook_document)["id"]
        return webhook

    @property
    def changed_webhook(self) -> dict[str, Any]:
        return {**self.webhook_document, "id": self.webhook, "status": "disabled"}

    @functools.cached_property
    def request(self) -> str:
        """A deletion request."""
        made: str = self.sent("DELETE", f"/flows/{self.large_flow}")["id"]
        return made

    def put(self, document: dict[str, Any]) -> str:
        """The id of a flow that is made."""
        self.sent("PUT", f"/flows/{document['id']}", document)
        flow: str = document["id"]
        return flow


KEY = {"api_key_name": "Authorization", "api_key_value": "Bearer of a test"}
ESSENCE = {
    "frame_width": 1920,
    "frame_height": 1080,
    "frame_rate": {"numerator": 25, "denominator": 1},
}
TECHNICAL = {
    "format": VIDEO,
    "codec": "video/h264",
    "container": "video/mp4",
    "essence_parameters": ESSENCE,
}
PROPERTIES = {
    "label": "a flow",
    "description": "of a test",
    "tags": {"genre": ["sports", "football"], "year": "2026"},
    "max_bit_rate": 5000,
    "avg_bit_rate": 4000,
}


def flow_document(flow: str, source: str, **more: Any) -> dict[str, Any]:
    return {"id": flow, "source_id": source, **TECHNICAL, **more}


def profile_document(profile: str) -> dict[str, Any]:
    return {"id": profile, "label": "HD", "flow_metadata": TECHNICAL}
