"""Every operation of the API as steps, in the order in which entities live.

A path or a body names ``$source``, ``$flow`` and so on; each round has its own (`names`). So the
steps make what later ones read, change and delete. What an answer gives, ``keeps`` gives a name.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from string import Template
from typing import Any
from urllib.parse import urlsplit

from bench.serving import JSON, request

VIDEO = "urn:x-nmos:format:video"
FLAT = {"codec": "video/h264", "frame_width": 1920, "frame_height": 1080, "frame_rate": "25/1"}
NESTED = {
    "format": VIDEO,
    "codec": "video/h264",
    "container": "video/mp4",
    "essence_parameters": {
        "frame_width": 1920,
        "frame_height": 1080,
        "frame_rate": {"numerator": 25},
    },
}
HOOK = {"url": "https://192.0.2.1/hook", "events": ["flows/created"]}
USUAL = {"GET": 200, "HEAD": 200, "POST": 201, "PUT": 204, "DELETE": 204}
BYTES = b"\0" * 4096
PARTS = "multipart/form-data; boundary=between"
"""How a segment comes with its bytes."""


@dataclass(frozen=True)
class Step:
    """One request: the operation's id, the path, and what is sent; ``what`` tells it from others.

    ``rounds`` limits how often it is asked; ``keeps`` are a name and the way to it in the answer.
    """

    operation: str
    path: str
    body: Any = None
    what: str = ""
    status: int | None = None
    rounds: int | None = None
    keeps: tuple[str, tuple[str | int, ...]] | None = None
    kind: str = JSON

    @property
    def method(self) -> str:
        return self.operation.partition("_")[0]

    @property
    def head(self) -> Step:
        """The HEAD of a GET."""
        return replace(self, operation=self.operation.replace("GET", "HEAD", 1), keeps=None)

    @property
    def expected(self) -> int:
        return self.status or USUAL[self.method]

    def request(self, named: Mapping[str, str]) -> bytes:
        """As it goes over the line, for one round's names."""
        path = Template(self.path).substitute(named)
        return request(self.method, path, self._sent(named), self.kind)

    def _sent(self, named: Mapping[str, str]) -> bytes:
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        text = Template(json.dumps(self.body)).substitute(named)
        return _in_parts(text) if self.kind == PARTS else text.encode()

    def note(self, named: dict[str, str], said: bytes) -> None:
        """Keep what later steps of the same round name."""
        if self.keeps is not None:
            name, way = self.keeps
            found = functools.reduce(lambda part, step: part[step], way, json.loads(said))
            named[name] = _below(found)


def _in_parts(segment: str) -> bytes:
    head = '--between\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    file = head.format("file", '; filename="x"').encode() + BYTES
    return head.format("segment_data", "").encode() + segment.encode() + b"\r\n" + file + END


END = b"\r\n--between--\r\n"


def _below(found: str) -> str:
    """An id as it is, of a URL what is asked for."""
    parts = urlsplit(found)
    return f"{parts.path}?{parts.query}" if parts.scheme else found


ENTITIES = ("source", "batch_source", "flow", "batch_flow", "put_flow", "profile")


def names(number: int, room_flow: str) -> dict[str, str]:
    """What the steps of a round name; ``room_flow`` is of the newsroom that was there before."""
    made = {
        name: f"{number:08x}-0000-4000-8000-{kind:012x}" for kind, name in enumerate(ENTITIES, 1)
    }
    return made | {"room_flow": room_flow, "webhook": "", "request": "", "media": "", "read": ""}


def segment(name: str, second: int) -> dict[str, str]:
    return {"object_id": f"bench/$flow/{name}", "timerange": f"[{second}:0_{second + 1}:0)"}


def properties(kind: str, values: Mapping[str, Any]) -> Iterator[Step]:
    """PUT, GET and DELETE of what a source or flow can be without."""
    for name, value in values.items():
        operation = f"{kind}s-{kind}Id-{name.replace('_', '-')}"
        path = f"/{kind}s/${kind}/{name}"
        if name == "tags":
            operation, path = f"{operation}-name", f"{path}/genre"
        yield Step(f"PUT_{operation}", path, value)
        yield Step(f"GET_{operation}", path)
        if name == "tags":
            yield Step(f"GET_{kind}s-{kind}Id-tags", f"/{kind}s/${kind}/tags")
        yield Step(f"DELETE_{operation}", path)


SERVICE = (
    Step("GET_root", "/"),
    Step("GET_service", "/service"),
    Step("POST_service", "/service", {"description": "measured"}, status=200),
    Step("GET_storage-backends", "/service/storage-backends"),
    Step(
        "POST_profiles-profileId",
        "/service/profiles/$profile",
        {"id": "$profile", "label": "HD", "flow_metadata": NESTED},
    ),
    Step("GET_profiles", "/service/profiles"),
    Step("GET_profiles-profileId", "/service/profiles/$profile"),
    Step("POST_webhooks", "/service/webhooks", HOOK, keeps=("webhook", ("id",))),
    Step("GET_webhooks", "/service/webhooks"),
    Step("GET_webhooks-webhookId", "/service/webhooks/$webhook"),
    Step(
        "PUT_webhooks",
        "/service/webhooks/$webhook",
        {**HOOK, "id": "$webhook", "status": "disabled"},
        status=201,
    ),
    Step("DELETE_webhooks-webhookId", "/service/webhooks/$webhook"),
    Step("GET_mgmt-ping", "/_mgmt/ping"),
    Step("GET_mgmt-health", "/_mgmt/health"),
    Step("GET_health", "/health"),
    Step("GET_config-async-deletion-threshold", "/config/async-deletion-threshold"),
    Step("GET_metrics", "/metrics"),
)
SOURCES = (
    Step("POST_sources", "/sources", {"id": "$source", "format": VIDEO}),
    Step("POST_sources-batch", "/sources/batch", [{"id": "$batch_source", "format": VIDEO}]),
    Step("GET_sources", "/sources"),
    Step("GET_sources", "/sources?sort_by=label&limit=100", what="100 by label"),
    Step("GET_sources-sourceId", "/sources/$source"),
    *properties("source", {"tags": ["sport"], "label": "a", "description": "b"}),
)
FLOWS = (
    Step("POST_flows", "/flows", {"id": "$flow", "source_id": "$source", **FLAT}),
    Step(
        "POST_flows-batch",
        "/flows/batch",
        [{"id": "$batch_flow", "source_id": "$batch_source", **FLAT}],
    ),
    Step(
        "PUT_flows-flowId",
        "/flows/$put_flow",
        {"id": "$put_flow", "source_id": "$source", **NESTED},
        what="new",
        status=201,
    ),
    Step(
        "PUT_flows-flowId",
        "/flows/$put_flow",
        {"id": "$put_flow", "source_id": "$source", **NESTED, "label": "again"},
        what="again",
    ),
    Step("GET_flows", "/flows"),
    Step("GET_flows", "/flows?limit=100", what="100"),
    Step("GET_flows", "/flows?source_id=$source", what="of a source"),
    Step("GET_flows", "/flows?tag.genre=news&format=urn:x-nmos:format:video", what="by a tag"),
    Step("GET_flows", "/flows?timerange=[1788210000:0_1788210010:0)", what="by timerange"),
    Step("GET_flows-flowId", "/flows/$flow"),
    Step("GET_flows-flowId", "/flows/$room_flow?include_timerange=true", what="with its timerange"),
    *properties(
        "flow",
        {
            "tags": ["sport"],
            "label": "a",
            "description": "b",
            "max_bit_rate": 9000,
            "avg_bit_rate": 8000,
            "flow_collection": [{"id": "$put_flow"}],
        },
    ),
    Step("PUT_flows-flowId-read-only", "/flows/$flow/read_only", False),
    Step("GET_flows-flowId-read-only", "/flows/$flow/read_only"),
)
STORED = {"object_ids": ["bench/$flow/stored"]}
SEGMENTS = (
    Step(
        "POST_flows-flowId-storage",
        "/flows/$flow/storage",
        STORED,
        keeps=("media", ("media_objects", 0, "put_url", "url")),
    ),
    Step("PUT_media-storageId-key", "$media", BYTES, what="4 KiB", status=200),
    Step("POST_flows-flowId-segments", "/flows/$flow/segments", segment("stored", 0), "allocated"),
    Step("POST_flows-flowId-segments", "/flows/$flow/segments", segment("new", 1), "new object"),
    Step("POST_flows-flowId-segments", "/flows/$put_flow/segments", segment("new", 1), "reused"),
    Step(
        "POST_flows-flowId-segments",
        "/flows/$flow/segments",
        [segment(f"of ten {n}", 10 + n) for n in range(10)],
        "10 at once",
    ),
    Step(
        "POST_flows-flowId-segments",
        "/flows/$flow/segments",
        segment("parts", 2),
        "with 4 KiB",
        kind=PARTS,
    ),
    Step(
        "GET_flows-flowId-segments",
        "/flows/$flow/segments?timerange=[0:0_20:0)",
        what="first",
        keeps=("read", (0, "get_urls", 0, "url")),
    ),
    Step("GET_flows-flowId-segments", "/flows/$room_flow/segments?limit=100", what="100, kept"),
    Step("GET_media-storageId-key", "$read", what="4 KiB"),
    Step("GET_objects", "/objects/bench/$flow/stored"),
    Step(
        "POST_objects-instances",
        "/objects/bench/$flow/stored/instances",
        {"url": "https://192.0.2.1/copy", "label": "copy"},
    ),
    Step("DELETE_objects-instances", "/objects/bench/$flow/stored/instances?label=copy"),
)
NARROWED = "flow_id=$room_flow"
ANALYTICS = tuple(
    Step(f"GET_analytics-{name}", f"/analytics/{name}?{NARROWED}", what="of a flow", rounds=20)
    for name in (
        "coverage",
        "gaps",
        "overlaps",
        "flow-usage",
        "storage-usage",
        "time-range-analysis",
    )
)
GIVEN_BACK = {"object_ids": ["bench/$flow/given back"]}
ALL = "/flows/$flow/segments"
MANY = [segment(f"of many {n}", 100 + n) for n in range(1001)]
DELETES = (
    Step("POST_flows-flowId-storage", "/flows/$flow/storage", GIVEN_BACK, "another"),
    Step("DELETE_objects", "/objects/bench/$flow/given%20back"),
    Step("DELETE_objects", "/objects/bench/$flow/new", what="refused", status=409),
    Step(
        "DELETE_flows-flowId-segments",
        f"{ALL}?timerange=[0:0_5:0)&cascade=false",
        what="refused",
        status=409,
    ),
    Step(
        "DELETE_flows-flowId-segments", f"{ALL}?timerange=[1:0_2:0)&cascade=false", what="1, shared"
    ),
    Step("DELETE_flows-flowId-segments", f"{ALL}?timerange=[2:0_3:0)", what="1"),
    Step("DELETE_flows-flowId-segments", f"{ALL}?timerange=[10:0_20:0)", what="10"),
    Step("POST_flows-flowId-segments", ALL, MANY, "1001 at once", rounds=2),
    Step(
        "DELETE_flows-flowId-segments",
        f"{ALL}?timerange=[100:0_2000:0)",
        what="1001: asked for",
        status=202,
        rounds=2,
        keeps=("request", ("id",)),
    ),
    Step("GET_flow-delete-requests", "/flow-delete-requests", rounds=2),
    Step("GET_flow-delete-requests-request-id", "/flow-delete-requests/$request", rounds=2),
    Step("DELETE_flows-flowId", "/flows/$flow?cascade=false", what="refused", status=409),
    Step("DELETE_flows-flowId", "/flows/$put_flow", what="with a segment"),
    Step("DELETE_flows-flowId", "/flows/$batch_flow", what="without segments"),
    Step("DELETE_sources-sourceId", "/sources/$source?cascade=false", what="refused", status=409),
    Step("DELETE_sources-sourceId", "/sources/$batch_source", what="without flows"),
)
STEPS = (*SERVICE, *SOURCES, *FLOWS, *SEGMENTS, *ANALYTICS, *DELETES)
