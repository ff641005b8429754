"""The application: its routes, and what stands around every one of them."""

from __future__ import annotations

from fastapi import Depends, FastAPI

from tams_analytics.store import Store
from tams_server import errors
from tams_server.context import Context
from tams_server.heads import HeadAsGet
from tams_server.openapi import specified_document
from tams_server.paths import EncodedPaths
from tams_server.routes import ROUTERS
from tams_server.strict import refuse_unknown_parameters


def create_app(store: Store) -> FastAPI:
    """The API over ``store``, which the caller opens and closes."""
    app = FastAPI(title="TAMS", version="8.2", redirect_slashes=False, openapi_url="/openapi.json")
    app.state.context = Context(store)
    for router in ROUTERS:
        app.include_router(router, dependencies=[Depends(refuse_unknown_parameters)])
    errors.install(app)
    app.add_middleware(HeadAsGet)
    app.add_middleware(EncodedPaths)
    app.openapi = lambda: specified_document(app)  # type: ignore[method-assign]
    return app
