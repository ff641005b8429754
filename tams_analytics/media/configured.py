"""Storage backends that the settings file names, and how S3 is talked to (F41 to F43, F61 to F66).

::

    [storage_backends.archive]
    endpoint = "https://s3.example"
    bucket = "archive"
    access_key_variable = "ARCHIVE_KEY"      # the variables' names: no secret stands in a file
    secret_key_variable = "ARCHIVE_SECRET"
    provider = "example"
    region = "eu-1"                          # descriptive, as zone, product and label
    default = true
    tags = { site = "north" }

A folder has ``folder = "/srv/media"`` in place of endpoint, bucket and variables; no two entries
name one place. Without an ``id`` it follows from the name, so that it is the same after each start.
"""

from __future__ import annotations

import difflib
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tams_analytics.errors import BadParameter
from tams_analytics.media.apart import refuse_shared_places
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.opening import media_storage
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.s3_config import S3Config, S3Tuning
from tams_analytics.media.storage import MediaStorage
from tams_analytics.settings import TABLE, Settings, file_table

DEFAULT_LABEL = "default"
NAMESPACE = uuid.UUID("6d0a2c7e-5b1f-5d4e-9a55-0c6b54a1f0aa")
KINDS: dict[str, type] = dict.fromkeys(
    (
        "id",
        "endpoint",
        "bucket",
        "folder",
        "access_key_variable",
        "secret_key_variable",
        "signature_version",
        "provider",
        "product",
        "region",
        "zone",
        "label",
    ),
    str,
) | {"default": bool, "tags": dict}
"""What an entry may say."""
OF_S3 = ("endpoint", "bucket", "access_key_variable", "secret_key_variable", "signature_version")


@dataclass(frozen=True)
class ConfiguredBackend:
    """A storage backend as the settings name it: what clients may see, and its storage."""

    id: str
    label: str
    provider: str
    product: str
    storage: MediaStorage
    region: str | None = None
    zone: str | None = None
    is_default: bool = False
    tags: Mapping[str, Any] | None = None
    """``None``: the store's own are left alone."""

    @property
    def document(self) -> dict[str, Any]:
        """The body of `writes.put_storage_backend`."""
        document = {
            "id": self.id,
            "label": self.label,
            "provider": self.provider,
            "store_product": self.product,
            "region": self.region,
            "availability_zone": self.zone,
            "default_storage": self.is_default,
            "bucket": self.storage.bucket,
            "tags": self.tags,
        }
        return {name: value for name, value in document.items() if value is not None}


def configured_backends(
    settings: Settings,
    store_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> list[ConfiguredBackend]:
    """All that the settings know: what ``TAMS_MEDIA`` and S3_* name first, then those of the file.

    The first is the default unless one of the others is. Raises `BadParameter`.
    """
    others = backends_of_file(settings, environ)
    first = _first(settings, store_file, is_default=not any(each.is_default for each in others))
    found = [*first, *others]
    _refuse_repeated(found)
    refuse_shared_places({each.label: each.storage for each in found})
    return found


def _first(
    settings: Settings, store_file: Path | None, *, is_default: bool
) -> list[ConfiguredBackend]:
    """None for a store without a file where nothing is set."""
    if settings.media is None and not settings.s3_bucket_name and store_file is None:
        return []
    storage = media_storage(settings, store_file)
    return [
        ConfiguredBackend(
            id=settings.default_storage_backend_id,
            label=DEFAULT_LABEL,
            provider=_provider(storage),
            product=storage.product,
            storage=storage,
            is_default=is_default,
        )
    ]


def _provider(storage: MediaStorage) -> str:
    return "s3" if isinstance(storage, S3Storage) else "local"


def backends_of_file(
    settings: Settings, environ: Mapping[str, str] | None = None
) -> list[ConfiguredBackend]:
    """What the settings file names. Raises `BadParameter` that says where."""
    environ = os.environ if environ is None else environ
    tuning = S3Tuning.read(environ)
    entries = file_table(TABLE, environ)
    return [_backend(name, entry, settings, environ, tuning) for name, entry in entries.items()]


def _backend(
    name: str,
    entry: Any,
    settings: Settings,
    environ: Mapping[str, str],
    tuning: S3Tuning,
) -> ConfiguredBackend:
    where = f"{TABLE}.{name}"
    given = _checked(where, entry)
    storage = _storage(where, given, settings, environ, tuning)
    return ConfiguredBackend(
        id=_id(where, given.get("id") or str(uuid.uuid5(NAMESPACE, name))),
        label=given.get("label", name),
        provider=given.get("provider", _provider(storage)),
        product=given.get("product", storage.product),
        region=given.get("region"),
        zone=given.get("zone"),
        is_default=given.get("default", False),
        tags=given.get("tags"),
        storage=storage,
    )


def _checked(where: str, entry: Any) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise BadParameter(where, type(entry).__name__, "is no table", f"[{where}]")
    for key, value in entry.items():
        kind = KINDS.get(key)
        if kind is None:  # the value is not quoted: it may be a secret
            problem = "is unknown (a secret stands in a variable, which the entry names)"
            near = difflib.get_close_matches(key, KINDS, n=1)
            expected = near[0] if near else f"one of {', '.join(KINDS)}"
            raise BadParameter(f"{where}.{key}", "***", problem, expected)
        if not isinstance(value, kind) or value == "":
            raise BadParameter(f"{where}.{key}", type(value).__name__, f"is no {kind.__name__}")
    if ("folder" in entry) == ("bucket" in entry):
        raise BadParameter(where, sorted(entry), "names no place", "either folder or bucket")
    misplaced = [key for key in OF_S3 if key in entry and "folder" in entry]
    if misplaced:
        raise BadParameter(
            f"{where}.{misplaced[0]}", entry[misplaced[0]], "says nothing of a folder"
        )
    return entry


def _storage(
    where: str,
    given: Mapping[str, Any],
    settings: Settings,
    environ: Mapping[str, str],
    tuning: S3Tuning,
) -> MediaStorage:
    if "folder" in given:
        return DirectoryStorage(_absolute(f"{where}.folder", given["folder"]))
    return S3Storage(
        S3Config(
            bucket=given["bucket"],
            endpoint_url=given.get("endpoint"),
            access_key_id=_secret(where, "access_key_variable", given, environ),
            secret_access_key=_secret(where, "secret_key_variable", given, environ),
            signature_version=given.get("signature_version", "s3v4"),
            put_expiry_s=settings.s3_presigned_url_upload_timeout,
            get_expiry_s=settings.s3_presigned_url_download_timeout,
            tuning=tuning,
        )
    )


def _absolute(where: str, folder: str) -> Path:
    if Path(folder).is_absolute():
        return Path(folder)
    raise BadParameter(where, folder, "is no absolute path")


def _secret(
    where: str, key: str, given: Mapping[str, Any], environ: Mapping[str, str]
) -> str | None:
    variable = given.get(key)
    if variable is None:
        return None
    if not environ.get(variable):
        raise BadParameter(variable, None, f"is not set, but {where}.{key} names it")
    return environ[variable]


def _id(where: str, id: str) -> str:
    try:
        if str(uuid.UUID(id)) == id:
            return id
    except ValueError:
        pass
    raise BadParameter(f"{where}.id", id, "is no UUID in lower case")


def _refuse_repeated(found: list[ConfiguredBackend]) -> None:
    for name in ("id", "label"):
        values = [getattr(each, name) for each in found]
        for value in values:
            if values.count(value) > 1:
                raise BadParameter(f"{TABLE}.{name}", value, "names two storage backends")
    if sum(each.is_default for each in found) > 1:
        raise BadParameter(f"{TABLE}.default", True, "is said of two storage backends", "of one")
