"""Connections to one coordinator: who asks, which certificates count, how long it is waited for.

Trino's client asks three times where nothing comes, and waits as long each time; here a silence is
an error at once, as another coordinator may be there to be asked.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import requests
import trino.dbapi
from requests.exceptions import ConnectionError as Broken
from trino.auth import Authentication, BasicAuthentication, JWTAuthentication
from urllib3.exceptions import ReadTimeoutError

from tams_analytics.engines.trino.address import Address, bracketed
from tams_analytics.engines.trino.errors import Silence

FIRST_ANSWER_S = 5.0
"""How long a coordinator may take to say that it has a query, while another one can be asked, and
that a query or a transaction is ended."""

_hurry: ContextVar[bool] = ContextVar("_hurry", default=False)


@contextlib.contextmanager
def hurried(is_so: bool = True) -> Iterator[None]:
    """Within, a coordinator is not waited for long, as another one can be asked."""
    before = _hurry.set(is_so)
    try:
        yield
    finally:
        _hurry.reset(before)


def connected(
    address: Address,
    host: str,
    port: int,
    kind: type[Any] = trino.dbapi.Connection,
    *,
    path: str = "",
) -> Any:
    """The client's connection to one coordinator; it sends nothing yet."""
    return kind(
        host=bracketed(host),
        port=port,
        http_scheme=address.http_scheme,
        user=address.user,
        auth=_authentication(address),
        catalog=address.catalog,
        schema=address.schema,
        session_properties=dict(address.session),
        source=address.source,
        client_tags=list(address.client_tags),
        roles={"system": address.role} if address.role else None,
        timezone="UTC",
        http_session=_session(address),
        http_headers={"X-Trino-Path": path} if path else None,
        request_timeout=address.request_timeout,
    )


class _Session(requests.Session):
    """Checks certificates as it was told; ``$REQUESTS_CA_BUNDLE`` would win."""

    def post(self, url: Any, data: Any = None, json: Any = None, **options: Any) -> Any:
        """A query is begun. Trino says so at once; asked again it might be begun three times."""
        return self._heard("POST", url, is_short=_hurry.get(), data=data, json=json, **options)

    def get(self, url: Any, params: Any = None, **options: Any) -> Any:
        """What a query has next. Trino says each second that there is nothing yet."""
        return self._heard("GET", url, has_begun=True, params=params, **options)

    def delete(self, url: Any, **options: Any) -> Any:
        """A query is ended. Where nobody answers the server ends it by itself."""
        return self._heard("DELETE", url, is_short=True, has_begun=True, **options)

    def _heard(
        self, method: str, url: Any, *, is_short: bool = False, has_begun: bool = False, **rest: Any
    ) -> Any:
        asked_for: float = rest.pop("timeout")
        patience = min(asked_for, FIRST_ANSWER_S) if is_short else asked_for
        try:
            return self.request(method, url, timeout=patience, **rest)
        except requests.exceptions.Timeout as error:
            raise Silence(patience, has_begun) from error
        except Broken as error:
            if error.args and isinstance(error.args[0], ReadTimeoutError):  # amid its answer
                raise Silence(patience, has_begun) from error
            raise

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        said = self.verify if verify is None else verify
        return super().merge_environment_settings(url, proxies, stream, said, cert)


def _session(address: Address) -> requests.Session:
    session = _Session()
    session.verify = address.verify
    return session


def _authentication(address: Address) -> Authentication | None:
    if address.token:
        return JWTAuthentication(address.token)
    if address.password:
        return BasicAuthentication(address.user, address.password)
    return None
