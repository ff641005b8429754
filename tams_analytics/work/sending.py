"""A webhook's receiver: an event is posted to the address that was checked, and to no other (§232).

No redirect is followed, no proxy of the environment is used, and all of a delivery has to end
within the timeout, however slowly the receiver answers.
"""

from __future__ import annotations

import asyncio
import functools
import ssl
from collections.abc import Mapping
from types import TracebackType

import httpx2

from tams_analytics.errors import BadParameter
from tams_analytics.settings import Settings
from tams_analytics.writes.targets import NoAddress, allowed_address

EVENT_ID = "X-Tams-Event-Id"
"""The header by which a receiver knows an event that it gets again."""
MOST_BYTES = 64 * 1024
"""Of an answer; one that is longer is not read to its end, and its connection not used again."""


class Undelivered(Exception):
    """A delivery failed; ``kind`` and the message say why, ``logged`` without the URL."""

    def __init__(self, kind: str, summary: str, reason: str | None = None) -> None:
        super().__init__(summary)
        self.kind = kind
        reason = summary if reason is None else reason
        self.logged = f"{kind}: {reason}" if reason else kind


class Receiver:
    """Connections to one URL; a context manager, for one thread."""

    def __init__(self, url: str, key: Mapping[str, str], settings: Settings) -> None:
        self._url = url
        self._headers = {"Content-Type": "application/json", "User-Agent": "tams-analytics", **key}
        self._settings = settings
        self._address: str | None = None

    def __enter__(self) -> Receiver:
        self._loop = asyncio.new_event_loop()
        self._client = httpx2.AsyncClient(
            trust_env=False, follow_redirects=False, verify=_trusted(), timeout=None
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()

    def post(self, event_id: str, body: bytes) -> None:
        """Deliver one event. Raises `Undelivered`."""
        timeout_s = self._settings.webhook_timeout
        try:
            status = self._loop.run_until_complete(
                asyncio.wait_for(self._answered(event_id, body), timeout_s)
            )
        except asyncio.TimeoutError as error:
            raise Undelivered("Timeout", f"no answer within {timeout_s} s") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, NoAddress) as error:
            said = str(error) or "no answer"
            raise Undelivered(type(error).__name__, said, _without_url(error)) from error
        if not 200 <= status < 300:
            raise Undelivered("HTTPStatus", f"the receiver answered {status}")

    async def _request(self, event_id: str, body: bytes) -> httpx2.Request:
        """Raises `ValueError` and `httpx2.InvalidURL` for a URL that nothing is delivered to.

        A name is looked up in a thread, since that can take as long as it likes.
        """
        url = httpx2.URL(self._url)
        if self._address is None:
            allowed = self._settings.webhook_allow_private
            self._address = await asyncio.to_thread(allowed_address, str(url), allowed)
        headers = {"Host": url.netloc.decode("ascii"), EVENT_ID: event_id, **self._headers}
        return self._client.build_request(
            "POST",
            url.copy_with(host=self._address),
            headers=headers,
            content=body,
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )

    async def _answered(self, event_id: str, body: bytes) -> int:
        request = await self._request(event_id, body)
        response = await self._client.send(request, stream=True)
        try:
            size = 0
            async for part in response.aiter_raw():
                size += len(part)
                if size > MOST_BYTES:
                    break
        finally:
            await response.aclose()
        return response.status_code


def _without_url(error: Exception) -> str:
    """What an error says, as far as no part of a URL is in it."""
    if isinstance(error, BadParameter):
        return error.problem
    return str(error) if isinstance(error, httpx2.TransportError | NoAddress) else ""


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Whom this machine trusts."""
    return ssl.create_default_context()
