"""Permissions for the URLs of a folder."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tams_analytics.errors import EngineFailed
from tams_analytics.media import signing
from tams_analytics.media.signing import READING, WRITING, Signer

B, K = "the-backend", "f/2026/11/23/o"


@pytest.fixture
def signer() -> Signer:
    return Signer(b"k" * 32)


def permission(signer: Signer, permits: str = READING, lives_s: int = 60) -> dict[str, str]:
    pairs = signer.query(permits, B, K, lives_s).split("&")
    return dict(pair.split("=") for pair in pairs)


def test_a_permission_holds_for_what_it_names_alone(signer: Signer) -> None:
    given = permission(signer)
    assert signer.is_permitted(READING, B, K, **given)
    assert not signer.is_permitted(WRITING, B, K, **given)
    assert not signer.is_permitted(READING, "another", K, **given)
    assert not signer.is_permitted(READING, B, "f/2026/11/23/p", **given)
    later = given | {"expires": str(int(given["expires"]) + 1)}
    assert not signer.is_permitted(READING, B, K, **later)
    assert not Signer(b"l" * 32).is_permitted(READING, B, K, **given)


@pytest.mark.parametrize("signature", ["", "é", "\ud800", "0" * 64])
def test_a_signature_of_somebody_else_is_none(signer: Signer, signature: str) -> None:
    given = permission(signer) | {"signature": signature}
    assert not signer.is_permitted(READING, B, K, **given)


def test_a_permission_ends(signer: Signer) -> None:
    assert not signer.is_permitted(READING, B, K, **permission(signer, lives_s=-2))


def test_the_key_outlives_the_process_beside_the_folder(tmp_path: Path) -> None:
    root = tmp_path / "not there yet" / "media"
    with pytest.raises(EngineFailed, match="No such file"):  # a disk may be gone
        Signer.beside(root)
    root.parent.mkdir()
    given = permission(Signer.beside(root))
    signing._kept_key.cache_clear()

    assert Signer.beside(root).is_permitted(READING, B, K, **given)
    kept = root.with_name("media.key")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [each.name for each in root.parent.iterdir()] == ["media.key"]
    assert kept.read_bytes().hex() not in repr(Signer.beside(root))


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "media.key").write_bytes(b"short")
    with pytest.raises(EngineFailed, match="no signing key"):
        Signer.beside(tmp_path / "media")
