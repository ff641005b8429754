"""What can be set from outside: environment, then a file, then the default (mission F40 to F53).

Names known before this library are read with and without the prefix ``TAMS_``; where both are set,
the prefixed one wins. Names marked ``+`` below have the prefix always. Secrets have no default, and
neither they nor URLs, which may hold one, show in a ``repr``.

The settings file is ``$TAMS_SETTINGS``, else ``tams/settings.toml`` in the user's configuration
folder; beside it ``stores.toml`` names stores: ``[newsroom]`` with ``url = "vast://…"``.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import ipaddress
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from tams_analytics.errors import BadParameter

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
USER = re.compile(r"(?s)^(?P<scheme>[^:@]*://|(?=[^/]*:))(?P<user>.+)@")
"""Who asks, up to the last ``@``; without a scheme where a colon comes before any slash."""
OPTIONS = re.compile(r"(?s)^(?P<place>[^?#;&]*(?:://[^?#;&]*[?#;&]|[?#;&](?=.*=)))(?P<options>.+)")
"""What follows a URL's place; without ``://`` only where an ``=`` tells it from a file's name."""
URL = re.compile(r"[^\s()'\"]+://[^\s()'\"]+")
LINE = re.compile(r"line (\d+)")
SECRET_OPTION = re.compile(
    r"(?i)[?&;#][^=&;#]*(?:secret|pass|pw|token|key|sig|auth|credential)[^=&;#]*=(?P<value>[^&;#]*)"
)

EXAMPLE = 'url = "newsroom.duckdb"'
"""What an entry of ``stores.toml`` looks like."""

ENDPOINTS = {"http": "vast", "https": "vast+https", "vast": "vast", "vast+https": "vast+https"}
"""The scheme of ``VAST_ENDPOINT``, and that of a store there."""

TABLE = "storage_backends"
"""The only table of the settings file; what it holds is read by `tams_analytics.media`."""

PREFIX = "TAMS_"
ALMOST = 0.85
"""So much alike are a name and the one that was meant (`difflib`)."""

S = TypeVar("S")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
EVERYWHERE: tuple[Network, ...] = tuple(map(ipaddress.ip_network, ("0.0.0.0/0", "::/0")))

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def as_bool(name: str, text: str) -> bool:
    if text.strip().lower() in TRUE | FALSE:
        return text.strip().lower() in TRUE
    raise BadParameter(name, text, "is no yes or no", "1 or 0")


def as_count(name: str, text: str) -> int:
    if text.strip().isascii() and text.strip().isdigit():
        return int(text)
    raise BadParameter(name, text, "is no whole number", "for example 1000")


def as_text(name: str, text: str) -> str:
    return text


def as_networks(name: str, text: str) -> tuple[Network, ...]:
    """Networks with commas between them; yes is every address, no is none."""
    said = text.strip().lower()
    if said in TRUE | FALSE:
        return EVERYWHERE if said in TRUE else ()
    try:
        return tuple(ipaddress.ip_network(each.strip()) for each in said.split(","))
    except ValueError as error:
        expected = "1, 0, or for example 10.1.0.0/16,192.168.7.5"
        raise BadParameter(name, text, "names no networks", expected) from error


def one_of(*allowed: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text in allowed:
            return text
        raise BadParameter(name, text, "is not known", " or ".join(allowed))

    return read


def setting(
    default: Any,
    names: str,
    read: Callable[[str, str], Any] = as_text,
    *,
    secret: bool = False,
    in_file: bool = False,
) -> Any:
    """A field of `Settings`: default, names (``+`` in front: with the prefix always), reader.

    ``in_file``: ``NAME_FILE`` may name a file whose text is the value.
    """
    metadata = {"names": names.split(), "read": read, "in_file": in_file}
    return dataclasses.field(default=default, repr=not secret, metadata=metadata)


@dataclasses.dataclass(frozen=True)
class Settings:
    """One consistent set of settings; make one by `load`."""

    url: str | None = setting(None, "+URL", secret=True)
    media: str | None = setting(None, "+MEDIA", secret=True)
    strict: bool = setting(False, "+STRICT", as_bool)
    delete_default: str = setting("cascade", "+DELETE_DEFAULT", one_of("cascade", "restrict"))
    min_object_timeout: str = setting("3600:0", "+MIN_OBJECT_TIMEOUT")
    async_deletion_threshold: int = setting(1000, "ASYNC_DELETION_THRESHOLD", as_count)
    get_urls_max_count: int = setting(5, "GET_URLS_MAX_COUNT", as_count)
    flow_storage_default_limit: int = setting(10, "FLOW_STORAGE_DEFAULT_LIMIT", as_count)
    default_storage_backend_id: str = setting(
        "8f5e6b0c-3a3d-4a52-9d6c-2f1b7c9e4d10", "DEFAULT_STORAGE_BACKEND_ID"
    )
    public_url: str = setting("http://127.0.0.1:8000", "+PUBLIC_URL")
    """Where clients find the server: of bytes that it gives itself, in URLs of deliveries."""
    webhook_timeout: int = setting(30, "WEBHOOK_TIMEOUT", as_count)
    webhook_retry_attempts: int = setting(3, "WEBHOOK_RETRY_ATTEMPTS", as_count)
    webhook_allow_private: tuple[Network, ...] = setting((), "+WEBHOOK_ALLOW_PRIVATE", as_networks)
    work_lease: int = setting(60, "+WORK_LEASE", as_count)
    """Seconds after which another process takes over the work of one that was killed."""
    vast_endpoint: str | None = setting(None, "VAST_ENDPOINT", secret=True)
    vast_bucket: str | None = setting(None, "VAST_BUCKET")
    vast_schema: str | None = setting(None, "VAST_SCHEMA")
    vast_access_key: str | None = setting(None, "VAST_ACCESS_KEY", secret=True)
    vast_secret_key: str | None = setting(None, "VAST_SECRET_KEY", secret=True)
    vast_timeout: int = setting(60, "VAST_TIMEOUT", as_count)
    enable_table_projections: bool = setting(True, "ENABLE_TABLE_PROJECTIONS", as_bool)
    s3_endpoint_url: str | None = setting(None, "S3_ENDPOINT_URL", secret=True)
    s3_access_key_id: str | None = setting(None, "S3_ACCESS_KEY_ID", secret=True)
    s3_secret_access_key: str | None = setting(None, "S3_SECRET_ACCESS_KEY", secret=True)
    s3_bucket_name: str | None = setting(None, "S3_BUCKET_NAME")
    s3_use_ssl: bool = setting(True, "S3_USE_SSL", as_bool)
    s3_signature_version: str = setting("s3v4", "S3_SIGNATURE_VERSION", one_of("s3v4", "s3"))
    s3_presigned_url_upload_timeout: int = setting(
        3600, "S3_PRESIGNED_URL_UPLOAD_TIMEOUT", as_count
    )
    s3_presigned_url_download_timeout: int = setting(
        3600, "S3_PRESIGNED_URL_DOWNLOAD_TIMEOUT", as_count
    )

    @property
    def store_url(self) -> str | None:
        """The store that is meant where nobody names one: ``TAMS_URL``, else what VAST's names say.

        Raises `BadParameter` where one of ``VAST_ENDPOINT``, ``VAST_BUCKET`` and ``VAST_SCHEMA``
        is set and another is not.
        """
        names = {
            "VAST_ENDPOINT": self.vast_endpoint,
            "VAST_BUCKET": self.vast_bucket,
            "VAST_SCHEMA": self.vast_schema,
        }
        if self.url or not any(names.values()):
            return self.url
        for name, value in names.items():
            if not value:
                others = " and ".join(each for each in names if names[each])
                problem = f"is not set, and a store on VAST needs it beside {others}"
                raise BadParameter(name, None, problem, "all three, or TAMS_URL instead")
        return f"{_on_vast(str(self.vast_endpoint))}/{self.vast_bucket}/{self.vast_schema}"


def _on_vast(endpoint: str) -> str:
    """``vast://host:port`` of an endpoint as VAST's own tools take it."""
    scheme, separator, place = endpoint.rstrip("/").rpartition("://")
    found = ENDPOINTS.get(scheme.lower()) if separator else "vast"
    if found is None or not place:
        expected = "http://host[:port] or https://host[:port]"
        raise BadParameter("VAST_ENDPOINT", redacted(endpoint), "is no endpoint of VAST", expected)
    return f"{found}://{place}"


def load(environ: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """The settings of this process. Raises `BadParameter` that names the variable or key."""
    return read(Settings, environ, file)


def read(kind: type[S], environ: Mapping[str, str] | None = None, file: Path | None = None) -> S:
    """A dataclass of fields made by `setting`, as `load` reads `Settings`."""
    environ = os.environ if environ is None else environ
    places = (environ, _read_settings(file or settings_file(environ)))
    found = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        written = _written(field.metadata, places)
        if written is not None:
            name, text = written
            found[field.name] = field.metadata["read"](name, text)
    return kind(**found)


def _written(
    metadata: Mapping[str, Any], places: tuple[Mapping[str, Any], ...]
) -> tuple[str, str] | None:
    """The name that a setting has where it is found first, and its text there."""
    for place in places:
        for name in _accepted(metadata["names"]):
            if name in place:
                return name, _plain(place[name])
            if metadata["in_file"] and f"{name}_FILE" in place:
                return name, _text_of(f"{name}_FILE", str(place[f"{name}_FILE"]))
    return None


def refuse_unknown(
    kinds: Iterable[type], environ: Mapping[str, str] | None = None, file: Path | None = None
) -> None:
    """Raise `BadParameter` for a name of the settings file that none of these dataclasses has.

    Also for a variable ``TAMS_…`` that is almost one of theirs: ``TAMS_AUTH_TOKEN`` would protect
    nothing. Other programs may have variables that begin alike.
    """
    environ = os.environ if environ is None else environ
    file = file or settings_file(environ)
    known = {TABLE, *(name for kind in kinds for name in _names(kind))}
    for name in environ.keys() - known:
        if name.startswith(PREFIX) and (near := difflib.get_close_matches(name, known, 1, ALMOST)):
            raise BadParameter(name, "***", "is no setting", near[0])
    for name in _read_settings(file):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            expected = near[0] if near else "a name in capitals that the README has"
            raise BadParameter(str(file), redacted(name), "is no setting", expected)


def _names(kind: type) -> Iterator[str]:
    """All names by which the fields of a dataclass are read."""
    for field in dataclasses.fields(kind):
        for name in _accepted(field.metadata["names"]):
            yield name
            if field.metadata["in_file"]:
                yield f"{name}_FILE"


def _text_of(name: str, file: str) -> str:
    try:
        return Path(file).read_text("utf-8")
    except OSError as error:
        raise BadParameter(name, file, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:  # not chained: that error holds the text
        problem = "is no text in UTF-8"
    raise BadParameter(name, file, problem)


def _accepted(names: list[str]) -> list[str]:
    """The names to look for, the ones that win first."""
    prefixed = [f"{PREFIX}{name.lstrip('+')}" for name in names]
    return prefixed + [name for name in names if not name.startswith("+")]


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def file_table(name: str, environ: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """The table ``[name]`` of the settings file; empty where it has none. Raises `BadParameter`."""
    file = settings_file(os.environ if environ is None else environ)
    found = _read_settings(file).get(name, {})
    if not isinstance(found, dict):
        raise BadParameter(name, type(found).__name__, "is no table", f"[{name}.NAME]")
    return found


def settings_file(environ: Mapping[str, str]) -> Path:
    """Whether it is there or not; one that is named has to be. Raises `BadParameter`."""
    named = environ.get("TAMS_SETTINGS")
    if not named:
        return config_folder(environ) / "settings.toml"
    if not Path(named).exists() or Path(named).is_dir():
        raise BadParameter("TAMS_SETTINGS", named, "is no file", "one, or nothing")
    return Path(named)


def config_folder(environ: Mapping[str, str]) -> Path:
    """The folder of ``settings.toml`` and ``stores.toml``."""
    home = environ.get("XDG_CONFIG_HOME")
    return Path(home) / "tams" if home else Path(platformdirs.user_config_dir("tams"))


def named_stores(environ: Mapping[str, str] | None = None) -> NamedStores:
    """The URL of each store that ``stores.toml`` names: read, and judged, when it is asked for.

    An entry is a table with ``url``, or a plain URL. ``${NAME}`` in a URL is replaced from the
    environment, so that no secret has to be written down. A bad entry raises `BadParameter` where
    it is asked for, a file that is no TOML at any question.
    """
    return NamedStores(os.environ if environ is None else environ)


class NamedStores(Mapping[str, str]):
    """What `named_stores` gives. Errors and whoever else quotes a URL of it quote `written`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.file = config_folder(environ) / "stores.toml"

    def __getitem__(self, name: str) -> str:
        return self._expanded(name, self.written(name))

    def __contains__(self, name: object) -> bool:
        return name in _read_toml(self.file)

    def __iter__(self) -> Iterator[str]:
        return iter(_read_toml(self.file))

    def __len__(self) -> int:
        return len(_read_toml(self.file))

    def written(self, name: str) -> str:
        """The URL as the file has it, ``${NAME}`` for what may be a secret."""
        return _store_url(self.file, name, _read_toml(self.file)[name])

    def _expanded(self, name: str, url: str) -> str:
        missing = [each for each in PLACEHOLDER.findall(url) if each not in self._environ]
        if missing:
            problem = f"is not set, but the URL of {name} in {self.file} needs it"
            raise BadParameter(missing[0], None, problem)
        return PLACEHOLDER.sub(lambda found: self._environ[found[1]], url)


def _store_url(file: Path, name: str, entry: Any) -> str:
    url = entry.get("url") if isinstance(entry, dict) else entry
    if not isinstance(url, str):
        raise BadParameter(name, _outline(entry), f"in {file} names no store", EXAMPLE)
    if any(PLACEHOLDER.sub("", secret) for secret in _secrets(url)):
        expected = "${NAME} in its place, and the variable NAME in the environment"
        raise BadParameter(name, redacted(url), f"in {file} has a secret written in it", expected)
    return url


def _outline(entry: Any) -> Any:
    """What an entry is, without its values: one of them may be the secret."""
    return [redacted(key) for key in entry] if isinstance(entry, dict) else type(entry).__name__


def _secrets(url: str) -> Iterator[str]:
    """The parts of ``url`` that nobody may see: who asks, and options named like secrets."""
    for found in USER.finditer(url):
        shown, _colon, hidden = found["user"].partition(":")
        yield hidden
        if not _is_trino(found):
            yield shown
    for option in SECRET_OPTION.finditer(url):
        yield option["value"]


def redacted(url: str) -> str:
    """``url`` as it may be shown: without who asks, and without options.

    Only Trino's user is kept. A password may hold what ends a host in other URLs, so all up to the
    last ``@`` is taken for it; an option may be a secret whatever its name, or go on behind ``&``.
    """
    return OPTIONS.sub(r"\g<place>***", USER.sub(_hidden_user, url))


def redacted_within(sentence: str) -> str:
    """``sentence`` with the URLs that stand in it as they may be shown."""
    return URL.sub(lambda found: redacted(found[0]), sentence)


def has_options(url: str) -> bool:
    return OPTIONS.match(url) is not None


def _hidden_user(found: re.Match[str]) -> str:
    scheme, user = found["scheme"], found["user"]
    if _is_trino(found):
        return f"{scheme}{user.partition(':')[0]}{':***' if ':' in user else ''}@"
    return f"{scheme}***@"


def _is_trino(found: re.Match[str]) -> bool:
    return found["scheme"].lower() == "trino://"


def _read_settings(file: Path) -> dict[str, Any]:
    """Without what no setting can be. Names may be other readers': `refuse_unknown`."""
    found = _read_toml(file)
    for name, value in found.items():
        if name != TABLE and (not name.isupper() or isinstance(value, (dict, list))):
            shown = (
                f"a name in capitals (as {name.upper()}) with its value (commas between several)"
            )
            expected = f"{shown}, or [{TABLE}.NAME]"
            raise BadParameter(str(file), redacted(name), "is no setting", expected)
    return found


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        stamp = file.stat().st_mtime_ns
        return _parsed(file, stamp)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise BadParameter(file.name, str(file), problem) from error


@functools.lru_cache(maxsize=8)
def _parsed(file: Path, stamp: int) -> dict[str, Any]:
    """``stamp`` is the file's time of change: a changed file is read again."""
    written = file.read_bytes()
    try:
        return tomllib.loads(written.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        said = "a byte that is not UTF-8"
    except tomllib.TOMLDecodeError as error:
        said, _, place = str(error).partition(" (at ")
        found = LINE.match(place)
        line = int(found[1]) if found else written.rstrip().count(b"\n") + 1
    # Not chained: those errors hold the whole file, with what is secret in it.
    raise BadParameter(f"{file}, line {line}", said, "is no valid TOML")
