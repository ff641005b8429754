"""``/docs``: Swagger UI on the served document, all of it from this server (F25).

FastAPI's own page has a browser fetch scripts of a third party, which closed networks cannot.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import fastapi_offline
from fastapi import APIRouter, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse

router = APIRouter(include_in_schema=False)

SCRIPT, STYLE = "swagger-ui-bundle.js", "swagger-ui.css"
FOLDER = Path(fastapi_offline.__file__).with_name("static")
NO_PICTURE = "data:,"


@router.get("/docs")
async def show_page(access_token: str = "") -> Response:
    """Its addresses are relative, whatever stands before the server, and keep the token (§17)."""
    query = f"?{urlencode({'access_token': access_token})}" if access_token else ""
    return get_swagger_ui_html(
        title="TAMS",
        openapi_url=f"openapi.json{query}",
        swagger_js_url=f"docs/{SCRIPT}{query}",
        swagger_css_url=f"docs/{STYLE}{query}",
        swagger_favicon_url=NO_PICTURE,
    )


@router.get(f"/docs/{SCRIPT}")
async def show_script() -> Response:
    return FileResponse(FOLDER / SCRIPT)


@router.get(f"/docs/{STYLE}")
async def show_style() -> Response:
    return FileResponse(FOLDER / STYLE)
