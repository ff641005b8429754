"""What is listed of a store that is in use agrees with it, at each step of an object's life."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.queries import inventory
from tests.work.conftest import Kept


def unknown(kept: Kept) -> list[str]:
    found = inventory.unknown(kept.store.tables, kept.store.s3_objects(), grace=0)
    return sorted(key.rpartition("/")[2] for key in found.to_pyarrow()["key"].to_pylist())


def missing(kept: Kept) -> list[tuple[str, str]]:
    found = inventory.missing(kept.store.tables, kept.store.s3_objects(), grace="-60:0")
    rows = found.select("object_id", "bucket").to_pyarrow().to_pylist()
    return sorted((row["object_id"], row["bucket"]) for row in rows)


def test_a_store_in_use_has_no_findings(kept: Kept) -> None:
    kept.allocate("used", "copied", "released", "waiting")
    for at, id in enumerate(("used", "copied", "released")):
        kept.register(id, at)
    kept.copy_near("copied")
    kept.copy_near("released")
    kept.store.writes.delete_instance("copied", storage_id=kept.NEAR)
    assert ([], []) == (unknown(kept), missing(kept))

    kept.release("released")
    assert ([], []) == (unknown(kept), missing(kept))
    kept.collect()
    assert {"used", "copied"} == kept.objects()
    assert ([], []) == (unknown(kept), missing(kept))


def test_bytes_that_were_lost_or_put_there_are_found(kept: Kept) -> None:
    kept.allocate("used", "lost")
    kept.register("used", 0)
    kept.register("lost", 1)
    kept.copy_near("used")
    (kept.folder / "near" / "stray").write_bytes(b"?")
    (lost,) = (kept.folder / "media").rglob("lost")
    lost.unlink()

    assert ["stray"] == unknown(kept)
    assert [("lost", "media")] == missing(kept)


def test_sizes_are_those_of_the_bytes(kept: Kept) -> None:
    kept.allocate("used", content=b"media")
    kept.register("used", 0)
    (file,) = (kept.folder / "media").rglob("used")
    file.write_bytes(b"cut")

    s3_objects = kept.store.s3_objects()
    found = inventory.of_other_size(kept.store.tables, s3_objects, or_unknown=True)
    assert [("used", 3)] == [
        (row["object_id"], row["stored_size"]) for row in found.to_pyarrow().to_pylist()
    ]


def test_what_was_listed_into_a_file_is_read_from_there(kept: Kept, tmp_path: Path) -> None:
    kept.allocate("used")
    file = tmp_path / "listing.parquet"
    assert 1 == kept.store.export_s3_objects(file)
    kept.allocate("later")

    assert 1 == kept.store.s3_objects(str(file)).count().execute()
    assert 2 == kept.store.s3_objects("list").count().execute()


def test_a_listing_goes_with_the_store(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    kept.store.s3_objects()
    assert 1 == len([*(tmp_path / "temporary").rglob("*.parquet")])
    kept.store.close()
    assert [] == [*(tmp_path / "temporary").iterdir()]


def test_without_a_setting_there_is_no_inventory(kept: Kept) -> None:
    with pytest.raises(BadParameter, match="TAMS_S3_INVENTORY is not set; expected for example s3"):
        kept.store.s3_objects("inventory")
