"""JWTs of a configured issuer: signature, issuer, audience and time are checked, then the scopes.

The issuer's keys are read when the first token comes, kept for five minutes, and read again for
an unknown key at most each 30 seconds (by PyJWT).
"""

from __future__ import annotations

from typing import Any

import anyio.to_thread
import jwt
from anyio import CapacityLimiter

from tams_analytics.errors import EngineFailed
from tams_server.credentials import SCOPES, Caller
from tams_server.settings import ServerSettings

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
"""Those with a public key: with another one, the issuer's public key would be a shared secret."""
KEYS_TIMEOUT_S = 5
LEEWAY_S = 10
"""So far may the issuer's clock be from ours."""
MOST_AT_ONCE = 4
"""An issuer that does not answer may not take up the threads that answer requests."""


class Issuer:
    """Who signs tokens."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._keys = jwt.PyJWKClient(str(settings.jwt_keys_url), timeout=KEYS_TIMEOUT_S)
        self._limiter: CapacityLimiter | None = None

    async def caller_of(self, token: str) -> Caller | None:
        """Who shows ``token``; ``None`` for one that does not hold. Raises `EngineFailed`."""
        if token.count(".") != 2:
            return None
        self._limiter = self._limiter or CapacityLimiter(MOST_AT_ONCE)
        return await anyio.to_thread.run_sync(self._checked, token, limiter=self._limiter)

    def _checked(self, token: str) -> Caller | None:
        try:
            return self._caller(self._claims(token))
        except jwt.PyJWKClientConnectionError as error:
            doing = "reading the issuer's keys"
            raise EngineFailed("authentication", doing, "no usable answer") from error
        except jwt.PyJWTError:
            return None

    def _claims(self, token: str) -> dict[str, Any]:
        audience = self._settings.jwt_audience
        claims: dict[str, Any] = jwt.decode(
            token,
            self._keys.get_signing_key_from_jwt(token),
            algorithms=ALGORITHMS,
            issuer=self._settings.jwt_issuer,
            audience=audience,
            leeway=LEEWAY_S,
            options={"require": ["exp", "iss"], "verify_aud": audience is not None},
        )
        return claims

    def _caller(self, claims: dict[str, Any]) -> Caller | None:
        name = claims.get(self._settings.jwt_name_claim)
        if not isinstance(name, str) or not name.isprintable() or not name:
            return None
        said = claims.get(self._settings.jwt_scope_claim)
        given = said.split() if isinstance(said, str) else said if isinstance(said, list) else []
        prefix = self._settings.jwt_scope_prefix
        return Caller(name, frozenset(each for each in SCOPES if f"{prefix}{each}" in given))
