"""``get_urls``: the URLs of an object's instances, as a client wants to see them (§143 to §156).

Items are made as JSON text, as they are most of an answer: the URL and a text that is the same for
all URLs of a place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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


class Place(NamedTuple):
    """What all instances of objects in one place have in common."""

    storage_id: str | None
    label: str | None
    controlled: bool


class Instance(NamedTuple):
    """What a URL is made of; ``address`` is a key of the place, or where it is not ours a URL."""

    place: Place
    address: str

    @classmethod
    def of(
        cls,
        storage_id: str | None,
        label: str | None,
        controlled: bool,
        key: str | None,
        url: str | None,
    ) -> Instance:
        """From `queries.showing.OF_INSTANCE`."""
        return cls(Place(storage_id, label, controlled), str(key if controlled else url))


@dataclass(frozen=True)
class Backends:
    """The storage backends of a store, by id, each with its ``tags`` as a document."""

    by_id: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]] | None) -> Backends:
        """From ``backends`` of a row that a question gave."""
        found = {row["id"]: {**row, "tags": tags_document(row["tags"] or ())} for row in rows or ()}
        return cls(found)


Written = tuple[Callable[[str], str], str]
"""How an address becomes a URL, and what follows it in its item."""


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
        self._known: dict[Place, Written | None] = {}

    def array(self, instances: Iterable[tuple[Place, str]]) -> str:
        """The JSON of ``get_urls``, at most ``get_urls_max_count`` items (F35)."""
        items: list[str] = []
        for place, address in instances:
            if len(items) == self._most:
                break
            written = self._known[place] if place in self._known else self._written(place)
            if written is not None:
                url, end = written
                items.append(f'{{"url":{_quoted(url(address))}{end}')
        return f"[{','.join(items)}]"

    def _written(self, place: Place) -> Written | None:
        """Remembered: most instances of an answer are in one place."""
        end = self._ended(place)
        written = None if end is None else (self._url_of(place), end)
        self._known[place] = written
        return written

    def _url_of(self, place: Place) -> Callable[[str], str]:
        if not place.controlled:
            return str
        return self._storages.reading(place.storage_id, self._base_url)

    def _ended(self, place: Place) -> str | None:
        """What follows a URL in its item; ``None`` where those of a place are filtered away.

        A storage that this process does not know gives no URL: it would be of no use.
        """
        if place.controlled and place.storage_id not in self._storages.known:
            return None
        backend = self._backends.get(place.storage_id or "", NOTHING)
        label = backend.get("label") if place.controlled else place.label
        if not is_wanted(self._options, place, label, backend.get("tags", NOTHING)):
            return None
        named = {"presigned": place.controlled, "label": label}
        if self._options.verbose_storage:
            named |= {"controlled": place.controlled, "storage_id": place.storage_id}
            named |= {name: value for name, value in backend.items() if name not in ("id", "label")}
        shown = {name: value for name, value in named.items() if value not in (None, {})}
        return f",{orjson.dumps(shown).decode()[1:]}"


def is_wanted(
    options: UrlOptions, place: Place, label: str | None, tags: Mapping[str, Any]
) -> bool:
    """Whether a URL passes all filters. Those of controlled instances are presigned (R8)."""
    accepted = options.accept_get_urls
    return (
        (accepted is None or label in accepted)
        and (not options.accept_storage_ids or place.storage_id in options.accept_storage_ids)
        and options.presigned in (None, place.controlled)
        and all(_has(tags.get(name), values) for name, values in options.backend_tags.items())
        and all((name in tags) == wanted for name, wanted in options.backend_tags_exist.items())
    )


def _has(tag: str | list[str] | None, wanted: Iterable[str]) -> bool:
    """The tag, or one of its values, is one of ``wanted`` (§48, §49)."""
    values = [] if tag is None else [tag] if isinstance(tag, str) else tag
    return not set(values).isdisjoint(wanted)


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
