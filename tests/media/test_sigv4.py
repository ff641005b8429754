"""Presigned URLs of our own are botocore's, byte for byte."""

from __future__ import annotations

import datetime as dt
from typing import Any

import botocore.auth
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.errors import BadParameter
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.s3_config import S3Config
from tams_analytics.media.sigv4 import SigV4

MOMENT = dt.datetime(2026, 9, 1, 23, 59, 59, tzinfo=dt.timezone.utc)
ENDPOINTS = [
    "http://127.0.0.1:9000",
    "https://s3.example",
    "https://s3.example/",
    "http://s3.example:80",
    "https://s3.example:8443",
    "http://S3.Example",
    "http://[::1]:9000",
]
KEYS = [
    "a/2026/09/01/b",
    "ü/☃/𝄞",
    "a+b c&d=e?f#g%20h%",
    "//a//b/../c/./d/",
    "~!*'();:@,[]$\"<>\\|^`{}",
    "\x01\x7f",
    "x" * 1000,
]


def storage(endpoint: str, **more: Any) -> S3Storage:
    given: dict[str, Any] = {"access_key_id": "key+/=", "secret_access_key": "s/e+c=ret"}
    return S3Storage(S3Config("media", endpoint, **given | more))


def signer(stored: S3Storage) -> SigV4:
    found = stored.signer
    assert found is not None
    return found


def by_botocore(stored: S3Storage, method: str, key: str, lives_s: int) -> str:
    where = {"Bucket": stored.bucket, "Key": key}
    url: str = stored.client.generate_presigned_url(method, where, lives_s)
    return url


@pytest.fixture
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: MOMENT)


@pytest.mark.usefixtures("_frozen")
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_urls_are_botocore_s(endpoint: str, key: str) -> None:
    """R11, F65."""
    stored = storage(endpoint)
    for method, verb in (("get_object", "GET"), ("put_object", "PUT")):
        ours = signer(stored).url(verb, key, 77, MOMENT.timestamp())
        assert ours == by_botocore(stored, method, key, 77)


@given(key=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_any_key_is_signed_as_botocore_does(key: str) -> None:
    stored = storage(ENDPOINTS[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.auth, "get_current_datetime", lambda: MOMENT)
        assert signer(stored).url("GET", key, 60, MOMENT.timestamp()) == by_botocore(
            stored, "get_object", key, 60
        )


def test_a_day_s_key_is_not_used_on_the_next() -> None:
    sign = signer(storage(ENDPOINTS[0]))
    before, after = (sign.url("GET", "a", 60, MOMENT.timestamp() + more) for more in (0, 1))

    assert "X-Amz-Date=20260901T235959Z" in before
    assert "X-Amz-Date=20260902T000000Z" in after
    assert "20260902%2Fus-east-1" in after


@pytest.mark.parametrize(
    "other",
    [
        {"signature_version": "s3"},
        {"endpoint_url": None},
        {"endpoint_url": "http://h/prefix"},
        {"access_key_id": None, "secret_access_key": None},
    ],
)
def test_everything_else_is_left_to_boto3(
    other: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "other")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    endpoint = other.pop("endpoint_url", ENDPOINTS[0])
    stored = storage(endpoint, **other)

    assert stored.signer is None
    assert "ignature=" in stored.presign_get("a")


def test_a_storage_signs_by_itself() -> None:
    """The URL that a storage gives is the signer's, and tells no secret."""
    stored = storage(ENDPOINTS[0])

    assert stored.presign_put("a", 60).startswith("http://127.0.0.1:9000/media/a?X-Amz-Algorithm")
    assert "s/e+c=ret" not in repr(stored.signer)


def test_no_url_permits_to_list_a_bucket() -> None:
    stored = storage(ENDPOINTS[0])

    with pytest.raises(BadParameter, match="key"):
        stored.reading()("")
    assert stored.reading()("a").startswith("http://127.0.0.1:9000/media/a?X-Amz-Algorithm")
