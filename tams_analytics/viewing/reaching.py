"""Where a player, or this process, gets the bytes of an object: the first instance that it can."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.ranges import Part
from tams_analytics.media.storages import Storages
from tams_analytics.media.web import part_of_url
from tams_analytics.representations.urls import Instance

HINT = (
    "the settings of this process name no storage that has its bytes"
    " (TAMS_MEDIA, the S3 settings, or [storage_backends.NAME] in the settings file)"
)
_http = re.compile(r"https?://", re.IGNORECASE).match
_unfit = re.compile(r'[\x00-\x1f"\x7f]').search


@dataclass(frozen=True)
class Reach:
    """The storages that this process knows, and where its server is, if there is one."""

    storages: Storages
    base_url: str | None = None

    def url(self, object_id: str, instances: Iterable[Instance]) -> str:
        """A URL that players open: presigned, a file of this machine, or a client's own.

        With a ``base_url`` the bytes of folders are that server's. Of URLs that clients named only
        HTTP is taken: a file of theirs is none of this machine. Raises `NotFound`, `BadParameter`.
        """
        for each in instances:
            if self._is_reached(each):
                return _fit(object_id, self._url(each))
        raise NotFound("URL of object", object_id, HINT)

    def part(self, object_id: str, instances: Iterable[Instance]) -> Part:
        """What reads its bytes by ranges. Raises `NotFound`, `EngineFailed`."""
        for each in instances:
            if self._is_reached(each):
                return self._part(each)
        raise NotFound("copy of object", object_id, HINT)

    def lives_s(self, instances: Iterable[Instance]) -> int | None:
        """So many seconds the URL that is made now works; ``None``: it has no end that we set."""
        place, address = next(each for each in instances if self._is_reached(each))
        is_ours = place.controlled and not self._url(Instance(place, address)).startswith("file:")
        return self.storages.settings.s3_presigned_url_download_timeout if is_ours else None

    def _is_reached(self, instance: Instance) -> bool:
        """A folder is looked into; nobody is asked over a network."""
        place, address = instance
        if not place.controlled:
            return _http(address) is not None
        storage = self.storages.known.get(place.storage_id or "")
        if isinstance(storage, DirectoryStorage):
            return storage.exists(address)
        return storage is not None

    def _url(self, instance: Instance) -> str:
        place, address = instance
        if not place.controlled:
            return address
        return self.storages.opening(place.storage_id, self.base_url)(address)

    def _part(self, instance: Instance) -> Part:
        place, address = instance
        if not place.controlled:
            return part_of_url(address)
        storage = self.storages.of(place.storage_id)
        return Part(storage.size(address), lambda a, b: storage.read(address, a, b))


def _fit(object_id: str, url: str) -> str:
    """A playlist has a URL on a line, or in quotes (RFC 8216, 4.1 and 4.2)."""
    if _unfit(url):
        problem = "has a URL that stands in no playlist: it has a quote or a control character"
        raise BadParameter("object", object_id, problem)
    return url
