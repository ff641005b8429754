"""What a client says of the bytes that it sends: ``Content-MD5``, as S3 takes it too (RFC 1864).

It is the one checksum that a presigned URL lets in: S3's ``x-amz-checksum-…`` would have to be
signed, and only the host is (mission R11).
"""

from __future__ import annotations

import base64
import hashlib

from tams_analytics.errors import BadParameter


class ContentMd5:
    """Sums bytes where a client gave a checksum, and judges it in the end."""

    def __init__(self, given: str | None) -> None:
        self._given = given
        self._sum = None if given is None else hashlib.md5(usedforsecurity=False)

    def update(self, chunk: bytes) -> None:
        if self._sum is not None:
            self._sum.update(chunk)

    def verify(self) -> None:
        """Raises `BadParameter` where the bytes are others than the client said."""
        if self._sum is None:
            return
        found = base64.b64encode(self._sum.digest()).decode()
        if found != self._given:
            raise BadParameter("Content-MD5", self._given, "is not that of the bytes", found)
