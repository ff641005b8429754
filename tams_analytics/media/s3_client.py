"""The boto3 clients of this process; boto3 is imported when the first of them is made."""

from __future__ import annotations

import functools
import threading
from typing import Any

from tams_analytics.errors import Unsupported
from tams_analytics.media.s3_config import S3Config

UNREAD = "Unread"
"""The name of an answer that boto3 is not to read."""
ONE_AT_A_TIME = threading.Lock()
"""boto3 makes clients in one thread at a time; a made client is safe in all."""


@functools.lru_cache(maxsize=32)
def client_for(config: S3Config) -> Any:
    """A boto3 client for ``config``; the same one each time it is asked for."""
    return _made(config)


@functools.lru_cache(maxsize=32)
def lister_for(config: S3Config) -> Any:
    """A client of its own, whose listings are `UNREAD`.

    boto3 looks before whether they are whole, and asks again where they are not.
    """
    client = _made(config)
    client.meta.events.register("before-parse.s3.ListObjectsV2", _leave_unread)
    return client


def _leave_unread(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    if response_dict["status_code"] == 200:
        customized_response_dict[UNREAD] = response_dict["body"]
        response_dict["body"] = b""


def _made(config: S3Config) -> Any:
    boto3, botocore = drivers()
    return boto3.session.Session().client(
        "s3",
        endpoint_url=config.endpoint,
        aws_access_key_id=config.access_key_id,
        aws_secret_access_key=config.secret_access_key,
        config=botocore.config.Config(
            signature_version=config.signature_version,
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "total_max_attempts": config.tuning.attempts},
            connect_timeout=config.tuning.connect_timeout_s,
            read_timeout=config.tuning.read_timeout_s,
            max_pool_connections=config.tuning.pool,
            tcp_keepalive=True,
        ),
    )


def drivers() -> tuple[Any, Any]:
    try:
        import boto3  # noqa: PLC0415  (an extra: the library works without it)
        import botocore.config  # noqa: PLC0415
    except ImportError as error:
        raise Unsupported(
            "media", "reach S3 without boto3", 'pip install "tams-analytics[media]"'
        ) from error
    return boto3, botocore
