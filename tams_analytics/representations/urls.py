"""``get_urls``: the URLs of an object's instances, as a client wants to see them (§143 to §156).

Items are made as JSON text, as they are most of an answer: the URL and a text that is the same for
all URLs of a place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from tams_analytics.media.storages import Storages
from tams_analytics.queries.documents import tags_document

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class UrlOptions:
    """Which URLs a client wants, and what of each; all filters have to hold (§151)."""

    verbose_storage: bool = False
    """With the fields and tags of the storage backend (§144)."""
    accept_get_urls: tuple[str, ...] | None = None
    """Only these labels; ``None`` is no filter, an empty tuple no URL at all (§145, §146)."""
    accept_storage_ids: tuple[str, ...] = ()
    """Only these storage backends; empty is no filter (§147, §148)."""
    presigned: bool | None = None
    """Only those that are, or are not, presigned (§149)."""
    backend_tags: Mapping[str, list[str]] = field(default_factory=lambda: NOTHING)
    """By tag: any of the values that the backend's has to have (§150)."""
    backend_tags_exist: Mapping[str, bool] = field(default_factory=lambda: NOTHING)
    """By tag: whether the backend has to have it."""


class Instance(NamedTuple):
    """What a URL is made of, as `queries.showing.OF_INSTANCE` says."""

    storage_id: str | None
    label: str | None
    controlled: bool
    key: str | None
    url: str | None


@dataclass(frozen=True)
class Backends:
    """The storage backends of a store, by id, each with its ``tags`` as a document."""

    by_id: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]] | None) -> Backends:
        """From ``backends`` of a row that a question gave."""
        found = {row["id"]: {**row, "tags": tags_document(row["tags"] or ())} for row in rows or ()}
        return cls(found)


class UrlWriter:
    """Writes the URLs of one answer."""

    def __init__(
        self, storages: Storages, base_url: str, options: UrlOptions, backends: Backends
    ) -> None:
        self._storages = storages
        self._base_url = base_url
        self._options = options
        self._backends = backends.by_id
        self._most = storages.settings.get_urls_max_count
        self._ends: dict[tuple[str | None, str | None], str | None] = {}

    def array(self, instances: Iterable[Instance]) -> str:
        """The JSON of ``get_urls``, at most ``get_urls_max_count`` items (F35)."""
        items: list[str] = []
        for instance in instances:
            if len(items) == self._most:
                break
            end = self._end(instance)
            if end is not None:
                items.append(f'{{"url":{_quoted(self._url(instance))}{end}')
        return f"[{','.join(items)}]"

    def _url(self, instance: Instance) -> str:
        if not instance.controlled:
            return str(instance.url)
        return self._storages.get_url(instance.storage_id, str(instance.key), self._base_url).url

    def _end(self, instance: Instance) -> str | None:
        """What follows the URL in its item; ``None`` for one that is filtered away."""
        place = (instance.storage_id, instance.label)
        if place not in self._ends:
            self._ends[place] = self._ended(instance)
        return self._ends[place]

    def _ended(self, instance: Instance) -> str | None:
        """A storage that this process does not know gives no URL: it would be of no use."""
        if instance.controlled and instance.storage_id not in self._storages.known:
            return None
        backend = self._backends.get(instance.storage_id or "", NOTHING)
        label = backend.get("label") if instance.controlled else instance.label
        if not is_wanted(self._options, instance, label, backend.get("tags", NOTHING)):
            return None
        named = {"presigned": instance.controlled, "label": label}
        if self._options.verbose_storage:
            named |= {"controlled": instance.controlled, "storage_id": instance.storage_id}
            named |= {name: value for name, value in backend.items() if name not in ("id", "label")}
        shown = {name: value for name, value in named.items() if value not in (None, {})}
        return f",{orjson.dumps(shown).decode()[1:]}"


def is_wanted(
    options: UrlOptions, instance: Instance, label: str | None, tags: Mapping[str, Any]
) -> bool:
    """Whether a URL passes all filters. Those of controlled instances are presigned (R8)."""
    accepted = options.accept_get_urls
    return (
        (accepted is None or label in accepted)
        and (not options.accept_storage_ids or instance.storage_id in options.accept_storage_ids)
        and options.presigned in (None, instance.controlled)
        and all(_has(tags.get(name), values) for name, values in options.backend_tags.items())
        and all((name in tags) == wanted for name, wanted in options.backend_tags_exist.items())
    )


def _has(tag: str | list[str] | None, wanted: Iterable[str]) -> bool:
    """The tag, or one of its values, is one of ``wanted`` (§48, §49)."""
    values = [] if tag is None else [tag] if isinstance(tag, str) else tag
    return not set(values).isdisjoint(wanted)


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
