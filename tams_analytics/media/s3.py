"""An S3 bucket as storage of media objects, and the URLs that clients reach it with.

The client is minimal (mission R11): path addressing, no region, only the host signed, checksums
when a request requires them. So a bare PUT to a presigned URL verifies on any S3 server.
"""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from tams_analytics.display import text
from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.media.breaking import breaker_for, unless_broken
from tams_analytics.media.s3_client import ONE_AT_A_TIME, UNREAD, client_for, drivers, lister_for
from tams_analytics.media.s3_config import S3Config, S3Tuning
from tams_analytics.media.sigv4 import SigV4
from tams_analytics.media.storage import Content, opened
from tams_analytics.watching import Stored, timed

S3 = "S3"
"""What errors call the storage."""
KEYS_PER_DELETE = 1000
"""The most that S3 takes in one request."""
LONGEST_EXPIRY_S = 7 * 24 * 3600
"""SigV4 refuses a URL that would live longer."""
OPERATIONS = {"GET": "get_object", "PUT": "put_object"}
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True)
class S3Storage:
    """Media objects in the bucket of ``config``; a `PresigningStorage`."""

    config: S3Config

    @property
    def product(self) -> str:
        return S3

    @property
    def bucket(self) -> str:
        return self.config.bucket

    @property
    def takes_content_type(self) -> bool:
        """SigV2 signs the content type, also one that nobody foresaw (mission R11).

        SigV2 is shown by moto alone: the server that checks signatures, versitygw, refuses it.
        """
        return self.config.signature_version == "s3v4"

    @property
    def client(self) -> Any:
        """The boto3 client, one for each configuration in a process, shared by all threads."""
        with ONE_AT_A_TIME:
            return client_for(self.config)

    def begin(self) -> None:
        """Raises `Unsupported` without boto3 and its circuit breaker."""
        breaker_for(self.config, is_outage)
        drivers()

    def look_before_begin(self) -> None:
        """It makes nothing anyhow."""
        self.begin()

    def put(self, key: str, content: Content, content_type: str | None = None) -> int:
        extra = {"ContentType": content_type} if content_type else {}
        with self._asked("put", f"storing {key}"), opened(content) as source:
            counted = _Counted(source)
            parts = _in_parts(self.config.tuning)
            self.client.upload_fileobj(counted, self.bucket, key, ExtraArgs=extra, Config=parts)
            return counted.bytes_read

    def size(self, key: str) -> int:
        with self._asked("head", f"looking up {key}", key):
            return int(self.client.head_object(Bucket=self.bucket, Key=key)["ContentLength"])

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except NotFound:
            return False
        return True

    def look(self) -> None:
        """Whether the bucket is there: of a key in one that is not, S3 says no more than no.

        Raises `EngineFailed`.
        """
        with self._asked("head", f"looking up the bucket {self.bucket}"):
            self.client.head_bucket(Bucket=self.bucket)

    def open(self, key: str) -> BinaryIO:
        with self._asked("get", f"reading {key}", key):
            answer = self.client.get_object(Bucket=self.bucket, Key=key)
            return cast(BinaryIO, answer["Body"])

    def read(self, key: str, start: int, stop: int) -> bytes:
        with self._asked("get", f"reading {key}", key):
            wanted = f"bytes={start}-{stop - 1}"
            answer = self.client.get_object(Bucket=self.bucket, Key=key, Range=wanted)
            with contextlib.closing(answer["Body"]) as body:
                return bytes(body.read())

    def page(self, **asked: Any) -> bytes:
        """One answer to ListObjectsV2, as S3 wrote it: `media.listing.s3` reads it."""
        with self._asked("list", f"listing the bucket {self.bucket}"):
            with ONE_AT_A_TIME:
                client = lister_for(self.config)
            return bytes(client.list_objects_v2(Bucket=self.bucket, **asked)[UNREAD])

    def delete(self, keys: Iterable[str]) -> None:
        for batch in _batches(keys, KEYS_PER_DELETE):
            with self._asked("delete", f"deleting {text.plural(len(batch), 'object')}"):
                answer = self.client.delete_objects(
                    Bucket=self.bucket,
                    Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True},
                )
            _refuse_failures(answer.get("Errors", []))

    @contextlib.contextmanager
    def _asked(self, operation: str, doing: str, key: str = "") -> Iterator[None]:
        """`_asked`, unless the storage is known to be down."""
        with unless_broken(self.config, doing, is_outage), _asked(operation, doing, key):
            yield

    def url(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def reading(self) -> Callable[[str], str]:
        return self._presigning("GET", self.config.get_expiry_s)

    def presign_get(self, key: str, expires_s: int | None = None) -> str:
        return self._presigning("GET", expires_s or self.config.get_expiry_s)(key)

    def presign_put(self, key: str, expires_s: int | None = None) -> str:
        """The content type is not signed: a client may send one, or none (mission F60)."""
        return self._presigning("PUT", expires_s or self.config.put_expiry_s)(key)

    @functools.cached_property
    def signer(self) -> SigV4 | None:
        """What signs URLs without boto3; ``None`` where only boto3 knows all that it takes."""
        return signer_for(self.config)

    def _presigning(self, method: str, expires_s: int) -> Callable[[str], str]:
        """What makes URLs of keys. Raises `BadParameter`."""
        if not 0 < expires_s <= LONGEST_EXPIRY_S:
            raise BadParameter(
                "expiry", expires_s, "is out of range", f"1 to {LONGEST_EXPIRY_S} seconds"
            )
        if self.signer is not None:
            return self.signer.signing(method, expires_s)
        return functools.partial(self._by_boto3, OPERATIONS[method], expires_s)

    def _by_boto3(self, operation: str, expires_s: int, key: str) -> str:
        with _translated(f"presigning {key}"):
            where = {"Bucket": self.bucket, "Key": key}
            return str(self.client.generate_presigned_url(operation, where, expires_s))


@functools.lru_cache(maxsize=32)
def signer_for(config: S3Config) -> SigV4 | None:
    """The signer of ``config``, in the region that boto3 takes: no setting says one (R11)."""
    if config.signature_version != "s3v4" or config.endpoint is None or not config.access_key_id:
        return None
    with ONE_AT_A_TIME:
        region = client_for(config).meta.region_name
    region = "us-east-1" if region in (None, "aws-global") else region
    secret = str(config.secret_access_key)
    return SigV4.of(config.endpoint, config.bucket, region, config.access_key_id, secret)


def _in_parts(tuning: S3Tuning) -> Any:
    from boto3.s3.transfer import TransferConfig  # noqa: PLC0415

    parts = TransferConfig(
        multipart_threshold=tuning.part_bytes,
        multipart_chunksize=tuning.part_bytes,
        max_concurrency=tuning.threads,
    )
    parts.max_in_memory_upload_chunks = tuning.threads  # ten by default: 80 MB for each put
    return parts


class _Counted(io.RawIOBase):
    """A stream that may be read once, and knows how many bytes were taken from it.

    Not seekable on purpose: s3transfer then reads it strictly in order, in parts.
    """

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self.source = source
        self.bytes_read = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        found = self.source.read(-1 if size is None else size)
        self.bytes_read += len(found)
        return found


def _batches(keys: Iterable[str], size: int) -> Iterator[list[str]]:
    remaining = iter(keys)
    while batch := list(itertools.islice(remaining, size)):
        yield batch


def _refuse_failures(failures: list[dict[str, Any]]) -> None:
    if failures:
        first = failures[0]
        raise EngineFailed(
            S3,
            f"deleting {first.get('Key')}",
            f"{first.get('Code')} ({text.plural(len(failures), 'object')} could not be deleted)",
        )


def is_outage(error: BaseException) -> bool:
    """Whether the storage did not answer, or could not, rather than said no.

    What is stored may come from something else that fails.
    """
    if not isinstance(error, EngineFailed) or error.engine != S3:
        return False
    answer = getattr(error.__cause__, "response", None)
    if answer is None:
        return error.__cause__ is not None
    return int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)) >= 500


@contextlib.contextmanager
def _asked(operation: str, doing: str, key: str = "") -> Iterator[None]:
    """`_translated`; who looks on is told how long S3 took."""
    with (
        timed(lambda seconds, result: Stored(operation, seconds, result)),
        _translated(doing, key),
    ):
        yield


@contextlib.contextmanager
def _translated(doing: str, key: str = "") -> Iterator[None]:
    from boto3.exceptions import Boto3Error  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        yield
    except ClientError as error:
        if key and error.response.get("Error", {}).get("Code") in MISSING:
            raise NotFound("stored object", key) from error
        raise EngineFailed(S3, doing, str(error)) from error
    except (BotoCoreError, Boto3Error, OSError) as error:
        raise EngineFailed(S3, doing, str(error)) from error
