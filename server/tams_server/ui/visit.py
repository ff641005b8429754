"""One look at a page: what is asked for, of which store, and how to go on from here."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from tams_analytics.store import Store
from tams_server.answers import json_answer
from tams_server.context import Context, Ctx
from tams_server.ui import copies, links
from tams_server.ui.copies import Copy
from tams_server.ui.html import page_answer

TWIN = ".json"


@dataclass(frozen=True)
class Page:
    """What a page shows: the name of its template, a title, data, and questions to copy.

    ``data`` is what JSON can say, numbers exact.
    """

    name: str
    title: str
    data: Mapping[str, Any]
    copies: tuple[Copy, ...]

    def document(self) -> dict[str, Any]:
        """The page as data."""
        return {
            "page": self.name,
            "title": self.title,
            **self.data,
            "copy_as": [dataclasses.asdict(each) for each in self.copies],
        }


@dataclass(frozen=True)
class Visit:
    """A request for a page or its twin."""

    request: Request
    ctx: Context

    @property
    def store(self) -> Store:
        return self.ctx.store

    @property
    def is_of_twin(self) -> bool:
        return self.request.url.path.endswith(TWIN)

    @functools.cached_property
    def asked(self) -> dict[str, str]:
        """The query, without a token."""
        found = self.request.query_params.items()
        return {name: value for name, value in found if name != links.TOKEN}

    @property
    def path(self) -> str:
        """Of the page, also where its twin is asked for; as it came."""
        shown: str = self.request.scope["path"].removeprefix(
            self.request.scope.get("root_path", "")
        )
        return shown.removesuffix(TWIN)

    def curl(self, path: str, **query: Any) -> str:
        """The command that gets ``path``."""
        return copies.curl(self.ctx.settings, links.address(self.request, path, **query))

    def curl_twin(self) -> str:
        """The command that gets this page as data."""
        return self.curl(self.path + TWIN, **self.asked)

    def copied(
        self,
        of: str,
        question: Callable[..., Any],
        arguments: Mapping[str, Any],
        curl: str | None = None,
    ) -> Copy:
        """A question of this page; by default curl gets the twin."""
        return copies.copied(self.store, of, question, arguments, curl or self.curl_twin())

    def answer(self, page: Page) -> Response:
        """The page, or its twin."""
        document = page.document()
        if self.is_of_twin:
            return json_answer(document)
        twin = links.link(self.request, self.path + TWIN, **self.asked)
        return page_answer(self.request, page.name, document, twin=twin)


async def visit_of(request: Request, ctx: Ctx) -> Visit:
    """``async``, so that FastAPI needs no thread for it."""
    return Visit(request, ctx)


Visited = Annotated[Visit, Depends(visit_of)]
