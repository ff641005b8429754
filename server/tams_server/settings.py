"""What the server can be set to, beside the library's settings (mission F49 to F53, F82, F84).

Read as those are: environment, then the settings file, then the default. No secret shows.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path

from tams_analytics import settings
from tams_analytics.errors import BadParameter
from tams_analytics.media.s3_config import S3Tuning
from tams_analytics.settings import MOST, as_bool, as_bytes, as_count, count_of, one_of, setting
from tams_server.credentials import Secret, as_passwords, as_tokens

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
ALL_ORIGINS = ("*",)
HIGHEST_PORT = 65535
AN_HTTP_URL = re.compile(r"https?://[^/:?#@ ][^?#@ ]*").fullmatch
EXPECTED_URL = "http://host[:port] or https://host[:port]"


def as_level(name: str, text: str) -> str:
    return one_of(*LEVELS)(name, text.upper())


def as_port(name: str, text: str) -> int:
    """0 is a port that the system chooses."""
    port = as_count(name, text)
    if port > HIGHEST_PORT:
        raise BadParameter(name, text, "is no port", f"0 to {HIGHEST_PORT}")
    return port


at_least_one = count_of(1, MOST)
MOST_THREADS = 1024
as_threads = count_of(1, MOST_THREADS)


def as_names(name: str, text: str) -> tuple[str, ...]:
    """Names with commas between them; an empty text is none."""
    return tuple(each.strip() for each in text.split(",") if each.strip())


def as_http_url(name: str, text: str) -> str:
    """Without the slash at its end. Raises `BadParameter`, also for one without a host."""
    if not AN_HTTP_URL(text):
        raise BadParameter(name, settings.redacted(text), "is no URL", EXPECTED_URL)
    return text.rstrip("/")


def as_tracing(name: str, text: str) -> bool:
    is_on = as_bool(name, text)
    if is_on and importlib.util.find_spec("opentelemetry.sdk") is None:
        raise BadParameter(name, text, "needs the extra [tracing]", "it off, or installed")
    return is_on


EVERY_NETWORK = {"0.0.0.0", "::"}  # noqa: S104 - told apart, not bound


@dataclasses.dataclass(frozen=True)
class ServerSettings:
    """One consistent set of settings; make one by `load`."""

    host: str = setting("127.0.0.1", "HOST")
    port: int = setting(8000, "PORT", as_port)
    workers: int = setting(1, "+WORKERS", as_threads)
    public_url: str | None = setting(None, "+PUBLIC_URL", as_http_url)
    cors: tuple[str, ...] = setting(ALL_ORIGINS, "CORS", as_names)
    environment: str = setting("production", "ENVIRONMENT", one_of("production", "development"))
    log_level: str = setting("INFO", "LOG_LEVEL", as_level)
    log_format: str = setting("text", "LOG_FORMAT", one_of("text", "json"))
    error_reporting: bool = setting(True, "ERROR_REPORTING", as_bool)
    audit_logging: bool = setting(True, "AUDIT_LOGGING", as_bool)
    metrics_enabled: bool = setting(True, "METRICS_ENABLED", as_bool)
    metrics_interval: int = setting(60, "+METRICS_INTERVAL", at_least_one)
    tracing_enabled: bool = setting(False, "TRACING_ENABLED", as_tracing)
    otlp_endpoint: str = setting("http://127.0.0.1:4318", "OTLP_ENDPOINT", as_http_url)
    ui: bool = setting(True, "+UI", as_bool)
    """Pages to look at under ``/ui``."""
    upload_limit: int = setting(5 << 30, "+UPLOAD_LIMIT", as_bytes)
    query_threads: int = setting(1, "+QUERY_THREADS", as_threads)
    kept_megabytes: int = setting(512, "+KEPT_MEGABYTES", as_count)
    """Of answers about segments; 0 keeps none."""
    client_timeout: int = setting(60, "+CLIENT_TIMEOUT", at_least_one)
    shutdown_timeout: int = setting(30, "+SHUTDOWN_TIMEOUT", at_least_one)
    health_timeout: int = setting(5, "+HEALTH_TIMEOUT", at_least_one)
    analytics_url: str | None = setting(None, "+ANALYTICS_URL", secret=True)
    auth_tokens: tuple[Secret, ...] = setting(
        (), "+AUTH_TOKENS", as_tokens, secret=True, in_file=True
    )
    auth_basic: tuple[Secret, ...] = setting(
        (), "+AUTH_BASIC", as_passwords, secret=True, in_file=True
    )
    jwt_issuer: str | None = setting(None, "+AUTH_JWT_ISSUER")
    jwt_audience: str | None = setting(None, "+AUTH_JWT_AUDIENCE")
    jwt_keys_url: str | None = setting(None, "+AUTH_JWKS_URL", as_http_url)
    jwt_scope_claim: str = setting("scope", "+AUTH_JWT_SCOPE_CLAIM")
    jwt_scope_prefix: str = setting("", "+AUTH_JWT_SCOPE_PREFIX")
    jwt_name_claim: str = setting("sub", "+AUTH_JWT_NAME_CLAIM")

    @property
    def seen_at(self) -> str:
        """Where clients find the server, as far as it knows itself."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def is_seen_nowhere(self) -> bool:
        """`seen_at` is the address of every network, which no client can ask."""
        return not self.public_url and self.host in EVERY_NETWORK

    @property
    def has_credentials(self) -> bool:
        """Somebody can show who they are, so everybody has to (F84)."""
        return bool(self.auth_tokens or self.auth_basic or self.jwt_issuer)


def load(environ: Mapping[str, str] | None = None, file: Path | None = None) -> ServerSettings:
    """The settings of this process. Raises `BadParameter` that names the variable or key."""
    settings.refuse_unknown((ServerSettings, settings.Settings, S3Tuning), environ, file)
    found = settings.read(ServerSettings, environ, file)
    if found.jwt_issuer and not found.jwt_keys_url:
        keys_url = f"{found.jwt_issuer.rstrip('/')}/.well-known/jwks.json"
        keys_url = as_http_url("TAMS_AUTH_JWT_ISSUER", keys_url)
        return dataclasses.replace(found, jwt_keys_url=keys_url)
    if found.jwt_keys_url and not found.jwt_issuer:
        problem = "is not set, and TAMS_AUTH_JWKS_URL needs it: tokens of others would be taken"
        raise BadParameter("TAMS_AUTH_JWT_ISSUER", None, problem)
    return found
