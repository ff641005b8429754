"""``/ui``: pages to look at, each with its data at the same path with ``.json`` behind (F25).

An extension outside of the API's document. `ui` makes the pages; here their addresses are.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator, BeforeValidator

from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.queries import names
from tams_analytics.widgets import frame
from tams_server.answers import json_answer
from tams_server.filters import Format
from tams_server.paging import HIGHEST_LIMIT
from tams_server.parameters import UUID, Decoded, FlowId, Id, Limit, Page
from tams_server.ui import flow, integrity, links, overview, sources, timeline
from tams_server.ui.visit import TWIN, Visited

router = APIRouter(include_in_schema=False)

SHARED = ("timeline.js", "model.js")
"""Modules that a notebook and a page that is one file use too."""
Key = Annotated[
    str,
    Query(description="a flow's id, the beginning of one, or a label"),
    AfterValidator(str.strip),
]


def said(text: str | None) -> str | None:
    """What stands in a field of a form; an empty one asks for nothing."""
    return (text or "").strip() or None


Said = BeforeValidator(said)
Text = Annotated[str | None, Query(), Said]


@router.get("/ui/")
async def show_overview_without_slash(request: Request) -> Response:
    """Where links of the page would lead elsewhere."""
    return RedirectResponse(links.beginning_with(request, "/ui"), 308)


@router.get("/ui")
@router.get("/ui.json")
def show_overview(visit: Visited) -> Response:
    return visit.answer(overview.overview(visit))


@router.get("/ui/sources")
@router.get("/ui/sources.json")
def show_sources(
    visit: Visited,
    *,
    label: Text = None,
    format: Annotated[Format, Said] = None,
    source: Annotated[Id | None, Query(), Said] = None,
    sort_by: Text = None,
    limit: Limit = None,
    page: Page = None,
) -> Response:
    most = sources.SHOWN if limit is None else min(limit, HIGHEST_LIMIT)
    order = "label" if sort_by is None else sort_by
    asked = sources.Asked(label, format, source, order, most, page)
    return visit.answer(sources.listed(visit, asked))


@router.get("/ui/sources/{key}")
def find_source(visit: Visited, key: Annotated[str, Path(), Decoded]) -> Response:
    """To the page of the one that is meant. Raises as `find_flow`."""
    id = names.find(visit.store.ask, "source", key).id
    return RedirectResponse(links.beginning_with(visit.request, "/ui/sources", source=id), 303)


@router.get("/ui/flows")
def find_flow(visit: Visited, key: Key) -> Response:
    """To the one that is meant. Raises `NotFound`, or `BadParameter` that names the candidates."""
    id = links.in_path(visit.store.flow(key).id)
    return RedirectResponse(links.beginning_with(visit.request, f"/ui/flows/{id}"), 303)


@router.get("/ui/flows/{flowId}")
@router.get("/ui/flows/{flowId}.json")  # is tried first
def show_flow(visit: Visited, flow_id: FlowId, at: Text = None) -> Response:
    """By the id; whoever types a label instead is sent there. Raises as `find_flow`."""
    if not UUID.fullmatch(flow_id) and (id := visit.store.flow(flow_id).id) != flow_id:
        path = f"/ui/flows/{links.in_path(id)}{TWIN if visit.is_of_twin else ''}"
        return RedirectResponse(links.beginning_with(visit.request, path, at=at), 303)
    return visit.answer(flow.flow(visit, flow_id, at))


@router.get("/ui/timeline")
@router.get("/ui/timeline.json")
def show_timeline(
    visit: Visited,
    *,
    by: Annotated[str, Query()] = "flow",
    timerange: Text = None,
    view: Text = None,
    flow: Text = None,
    source: Text = None,
) -> Response:
    asked = timeline.Asked(by, timerange, view, flow, source)
    return visit.answer(timeline.timeline(visit, asked))


@router.get("/ui/timeline/detail.json")
def show_detail(
    visit: Visited,
    *,
    view: Annotated[str, Query()],
    lanes: Annotated[str, Query()],
    drawn: Annotated[str, Query()],
    by: Annotated[str, Query()] = "flow",
    timerange: Text = None,
    flow: Text = None,
    source: Text = None,
) -> Response:
    """For the timeline that is drawn: ``lanes`` are numbers of it with commas between."""
    asked = timeline.Asked(by, timerange, view, flow, source)
    return json_answer(timeline.detail(visit, asked, numbers(lanes), drawn))


def numbers(lanes: str) -> list[int]:
    """Raises `BadParameter`."""
    if not re.fullmatch(r"[0-9]{1,6}(,[0-9]{1,6})*", lanes):
        raise BadParameter("lanes", lanes, "is no list of lanes", "numbers with commas between")
    return [int(each) for each in lanes.split(",")]


@router.get("/ui/integrity")
@router.get("/ui/integrity.json")
def show_integrity(visit: Visited) -> Response:
    return visit.answer(integrity.integrity(visit))


@router.get("/ui/style.css")
async def show_style() -> Response:
    """That of the files that pages are exported as, and what only these pages need."""
    return Response(frame.own_file("page.css") + own_file("explorer.css"), media_type="text/css")


@router.get("/ui/{name}.js")
async def show_script(name: str) -> Response:
    """Raises `NotFound`."""
    file = f"{name}.js"
    if file in SHARED:
        return Response(frame.own_file(file), media_type="text/javascript")
    if file != "explorer.js":
        raise NotFound("script", file, f"there are explorer.js, {', '.join(SHARED)}")
    return Response(own_file(file), media_type="text/javascript")


def own_file(name: str) -> str:
    """A file of the pages as text."""
    return (resources.files("tams_server") / "ui" / "files" / name).read_text(encoding="utf-8")
