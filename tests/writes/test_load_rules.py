"""A load refuses what a single write refuses, and names the column and the first bad row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from tams_analytics.engines import Engine
from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.writes.bulk.load import load
from tests.writes.conftest import Prepare

VIDEO = "urn:x-nmos:format:video"
SECOND = 1_000_000_000
FLOW = {"id": ["x", "y"], "source_id": ["s", "s"], "format": [VIDEO, VIDEO]}
SOURCE = {"id": ["x", "y"], "format": [VIDEO, VIDEO]}
OBJECT = {"id": ["x", "y"]}
INSTANCE = {"object_id": ["a", "b"], "storage_id": ["s", "s"]}
URLS: dict[str, list[Any]] = {
    "object_id": ["a", "b"],
    "controlled": [False, False],
    "label": ["l", "l"],
    "url": ["https://example.org/a", "https://example.org/b"],
}
MEMBER = {"flow_id": ["f1", "f1"], "member_id": ["f2", "f2"]}
TAG = {"entity_type": ["flows"] * 2, "entity_id": ["f1", "f2"], "name": ["n", "n"],
       "value": ["v", "v"]}  # fmt: skip
BACKEND = {"id": ["x", "y"], "provider": ["p", "p"], "store_product": ["q", "q"]}
WEBHOOK = {"id": ["x", "y"], "url": ["https://example.org/", "http://example.org:1/a"],
           "status": ["created", "created"]}  # fmt: skip
SEGMENT = {"flow_id": ["f1", "f1"], "object_id": ["m", "n"], "timerange": ["0:0_1:0", "1:0_2:0"]}
GOOD = {
    "flows": FLOW, "sources": SOURCE, "objects": OBJECT, "object_instances": INSTANCE,
    "collections": MEMBER, "tags": TAG, "storage_backends": BACKEND, "webhooks": WEBHOOK,
    "segments": SEGMENT,
}  # fmt: skip


@pytest.fixture
def engine(engine: Engine, prepare: Prepare) -> Engine:
    """Flows f1 and f2 of the source s, objects a and b, and the storage backend s."""
    return prepare(engine, filled)


def filled(engine: Engine) -> None:
    backend = {"id": ["s"], "provider": ["p"], "store_product": ["q"]}
    load(engine, "storage_backends", pa.table(backend))
    flows = {"id": ["f1", "f2"], "source_id": ["s", "s"], "format": [VIDEO, VIDEO]}
    load(engine, "flows", pa.table(flows))
    load(engine, "objects", pa.table({"id": ["a", "b"], "storage_path": ["p/a", "p/b"]}))


def rows(engine: Engine, name: str, *columns: str) -> list[Any]:
    def read(tx: Any) -> list[Any]:
        table = getattr(tx.tables, name).select(*columns)
        return [tuple(row.values()) for row in tx.rows(table.order_by(*columns)).to_pylist()]

    return engine.transact(read)


@pytest.mark.parametrize("name", GOOD)
def test_good_rows_are_loaded(engine: Engine, name: str) -> None:
    assert load(engine, name, pa.table(GOOD[name])) == 2


BAD: list[tuple[str, str, list[Any]]] = [
    ("flows", "format", [VIDEO, "video"]),
    ("flows", "id", ["x", ""]),
    ("flows", "id", ["x", "a\0b"]),
    ("flows", "id", ["x", "y" * 1025]),
    ("flows", "frame_width", [1, 0]),
    ("flows", "frame_rate_den", [1, -1]),
    ("flows", "sample_rate", [1, 0]),
    ("flows", "max_bit_rate", [0, -1]),
    ("flows", "body", ["{}", "[]"]),
    ("flows", "body", ["{}", "{"]),
    ("flows", "label", ["a", "b\0"]),
    ("flows", "status", ["closed_complete", "finished"]),
    ("flows", "profile_id", [None, "nothing"]),
    ("sources", "format", [VIDEO, "urn:x-nmos:format:smell"]),
    ("sources", "body", ["{}", "NaN"]),
    ("objects", "id", ["x", "../y"]),
    ("objects", "timerange", ["[0:0_1:0)", "x"]),
    ("objects", "timerange", ["[0:0_1:0)", "_"]),
    ("objects", "size", [0, -1]),
    ("objects", "key_frame_count", [0, -1]),
    ("objects", "storage_path", ["q", ""]),
    ("objects", "storage_path", ["q", "q"]),
    ("objects", "storage_path", ["q", "p/a"]),
    ("objects", "init_object_id", [None, "y"]),
    ("object_instances", "key", ["p/a", "p/a"]),
    ("object_instances", "url", [None, "https://example.org/b"]),
    ("collections", "member_id", ["f2", "f1"]),
    ("collections", "member_id", ["f2", "nothing"]),
    ("collections", "flow_id", ["f1", "nothing"]),
    ("collections", "container_mapping", [None, "x"]),
    ("collections", "position", [0, -1]),
    ("tags", "entity_type", ["flows", "segments"]),
    ("tags", "value", ["v", None]),
    ("storage_backends", "default_storage", [True, True]),
    ("storage_backends", "label", ["one", "one"]),
    ("webhooks", "url", ["https://example.org", "ftp://example.org"]),
    ("webhooks", "url", ["https://example.org", "https://"]),
    ("webhooks", "status", ["created", "tired"]),
    ("segments", "object_id", ["m", ""]),
    ("segments", "object_id", ["m", "a\0b"]),
    ("segments", "object_id", ["m", "n" * 1025]),
    ("segments", "object_id", ["m", "a/../b"]),
    ("segments", "object_id", ["m", None]),
    ("segments", "body", ["{}", "[]"]),
    ("segments", "body", ["{}", '{"a": NaN}']),
    ("segments", "body", ["{}", '{"a": "' + "x" * 130_000 + '"}']),
]


@pytest.mark.parametrize(("name", "column", "values"), BAD)
def test_what_a_single_write_refuses_a_load_refuses_too(
    engine: Engine, name: str, column: str, values: list[Any]
) -> None:
    before = rows(engine, name, *GOOD[name])

    with pytest.raises(BadParameter, match=rf"(?s)^{name}\.{column}.*row 1"):
        load(engine, name, pa.table(GOOD[name] | {column: values}))
    assert rows(engine, name, *GOOD[name]) == before


def test_an_object_s_bounds_and_text_are_completed_from_each_other(engine: Engine) -> None:
    bounds = {"start_ns": [None, 5, None], "end_ns": [None, 9, None]}
    given = {"id": ["t", "u", "v"], "timerange": ["0:0_1:0", None, None], **bounds}

    load(engine, "objects", pa.table(given))

    assert rows(engine, "objects", "id", "start_ns", "end_ns", "timerange")[2:] == [
        ("t", 0, SECOND, "[0:0_1:0)"),
        ("u", 5, 9, "[0:5_0:9)"),
        ("v", None, None, None),
    ]


@pytest.mark.parametrize(
    ("column", "given"),
    [
        ("end_ns", {"start_ns": [0, 5]}),
        ("end_ns", {"start_ns": [0, 5], "end_ns": [1, 5]}),
        ("timerange", {"start_ns": [0, 5], "end_ns": [1, 6], "timerange": [None, "[0:5_0:7)"]}),
    ],
)
def test_r10_an_object_s_bounds_are_whole_and_agree_with_the_text(
    engine: Engine, column: str, given: dict[str, Any]
) -> None:
    with pytest.raises(BadParameter, match=rf"objects\.{column}.*row [01]"):
        load(engine, "objects", pa.table(OBJECT | given))


def test_r8_controlled_instances_get_their_object_s_key(engine: Engine) -> None:
    load(engine, "object_instances", pa.table(INSTANCE | {"key": [None, "p/b"]}))
    load(engine, "object_instances", pa.table(URLS))

    assert rows(engine, "object_instances", "object_id", "controlled", "key") == [
        ("a", False, None), ("a", True, "p/a"), ("b", False, None), ("b", True, "p/b"),
    ]  # fmt: skip


@pytest.mark.parametrize("column", ["url", "label"])
def test_an_uncontrolled_instance_needs_its_url_and_label(engine: Engine, column: str) -> None:
    with pytest.raises(BadParameter, match=rf"object_instances\.{column}.*row 1"):
        load(engine, "object_instances", pa.table(URLS | {column: [URLS[column][0], None]}))


@pytest.mark.parametrize("label", ["theirs", "default", "far"])
def test_178_the_labels_of_backends_and_of_urls_are_apart(engine: Engine, label: str) -> None:
    taken = {"theirs": "is that of a storage backend", "default": "", "far": "labels a URL of"}
    if label == "default":  # the label of the backend that an empty store will begin with
        engine.transact(lambda tx: tx.delete("storage_backends", {}))
    else:
        backends = BACKEND | {"label": ["theirs", None]}
        load(engine, "storage_backends", pa.table(backends))
    if label != "far":
        with pytest.raises(BadParameter, match=r"instances\.label.*of a storage backend.*row 1"):
            load(engine, "object_instances", pa.table(URLS | {"label": ["l", label]}))
    load(engine, "object_instances", pa.table(URLS | {"label": ["far", "l"]}))

    other = pa.table(BACKEND | {"id": ["z", "w"], "label": [None, label]})
    if label == "default":
        assert 2 == load(engine, "storage_backends", other)
    else:
        with pytest.raises(BadParameter, match=rf"backends\.label.*{taken[label]}.*row 1"):
            load(engine, "storage_backends", other)


def test_178_backends_without_a_label_are_many(engine: Engine) -> None:
    for ids in (["x", "y"], ["z", "w"]):
        assert 2 == load(engine, "storage_backends", pa.table(BACKEND | {"id": ids}))


@pytest.mark.parametrize(
    ("column", "given"),
    [
        ("label", INSTANCE | {"label": [None, "l"]}),
        ("storage_id", URLS | {"storage_id": [None, "s"]}),
    ],
)
def test_178_a_label_is_a_url_s_and_a_storage_backend_is_not(
    engine: Engine, column: str, given: dict[str, Any]
) -> None:
    with pytest.raises(BadParameter, match=rf"object_instances\.{column}.*row 1"):
        load(engine, "object_instances", pa.table(given))


@pytest.mark.parametrize("first", [0, 1])
def test_178_a_label_names_one_url_of_an_object(engine: Engine, first: int) -> None:
    twice = pa.table(URLS | {"object_id": ["a", "a"]})
    with pytest.raises(BadParameter, match=r"given twice.*row 1"):
        load(engine, "object_instances", twice)
    load(engine, "object_instances", twice.slice(first, 1))
    with pytest.raises(BadParameter, match=r"stored already.*row 0"):
        load(engine, "object_instances", twice.slice(1 - first, 1))


def test_an_instance_of_an_unknown_object_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound, match="object nothing"):
        load(engine, "object_instances", pa.table(INSTANCE | {"object_id": ["a", "nothing"]}))


@pytest.mark.parametrize(("name", "given"), [("object_instances", INSTANCE), ("tags", TAG)])
def test_duplicates_are_refused_in_the_batch_and_in_the_store(
    engine: Engine, name: str, given: dict[str, Any]
) -> None:
    with pytest.raises(BadParameter, match=r"given twice.*row 2"):
        load(engine, name, pa.concat_tables([pa.table(given), pa.table(given)]))
    load(engine, name, pa.table(given).slice(1))
    with pytest.raises(BadParameter, match=r"stored already.*row 1"):
        load(engine, name, pa.table(given))


def test_67_a_second_default_backend_is_refused_in_a_later_load(engine: Engine) -> None:
    load(engine, "storage_backends", pa.table(BACKEND | {"default_storage": [False, True]}))

    other = pa.table(BACKEND | {"id": ["z", "w"], "default_storage": [False, True]})
    with pytest.raises(BadParameter, match="row 1"):
        load(engine, "storage_backends", other)


WRONG: list[tuple[str, str, Any]] = [
    ("segments", "object_id", [1, 2]),
    ("segments", "object_id", [True, False]),
    ("segments", "object_id", [1.0, 2.0]),
    ("segments", "object_id", [["a"], ["b"]]),
    ("segments", "object_id", pa.array([b"a", b"\xff"], pa.binary())),
    ("segments", "ts_offset", [7, 7]),
    ("segments", "last_duration", [5, 5]),
    ("segments", "ts_offset_ns", ["0", "0"]),
    ("segments", "ts_offset_ns", [True, False]),
    ("segments", "ts_offset_ns", [1.0, 2.0]),
    ("segments", "ts_offset_ns", pa.array([1, 2**63], pa.uint64())),
    ("segments", "sample_count", ["1", "2"]),
    ("segments", "created", [1, 2]),
    ("flows", "id", [1, 2]),
    ("flows", "source_id", [1, 2]),
    ("flows", "read_only", [0, 1]),
    ("flows", "frame_width", ["1", "2"]),
    ("objects", "size", [1.0, 2.5]),
]


@pytest.mark.parametrize(("name", "column", "values"), WRONG)
def test_nothing_is_converted_in_silence(
    engine: Engine, name: str, column: str, values: Any
) -> None:
    with pytest.raises(BadParameter, match=rf"^{name}\.{column}"):
        load(engine, name, pa.table(GOOD[name] | {column: values}))


@pytest.mark.parametrize(
    "type_", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_text_comes_in_any_layout_and_integers_in_any_width(engine: Engine, type_: Any) -> None:
    given = {name: pa.array(values).cast(type_) for name, values in SEGMENT.items()}

    load(engine, "segments", pa.table(given | {"sample_count": pa.array([1, 2], pa.uint8())}))

    assert rows(engine, "segments", "object_id", "sample_count") == [("m", 1), ("n", 2)]


def test_a_column_that_is_there_twice_is_refused(engine: Engine) -> None:
    twice = pa.Table.from_arrays([["x"], ["x"]], ["id", "id"])

    with pytest.raises(BadParameter, match=r"flows\.id.*twice"):
        load(engine, "flows", twice)


def test_a_frame_of_pandas_is_taken_with_categories_and_without_its_index(engine: Engine) -> None:
    frame = pd.DataFrame(FLOW).assign(format=pd.Categorical(FLOW["format"]))[lambda f: f.id == "y"]

    assert load(engine, "flows", frame) == 1


def test_a_frame_that_arrow_cannot_take_is_refused(engine: Engine) -> None:
    with pytest.raises(BadParameter, match="rows"):
        load(engine, "flows", pd.DataFrame({"id": ["x", 5]}))


@pytest.mark.parametrize("name", [["segments"], None, 5])
def test_a_name_that_is_no_text_is_refused(engine: Engine, name: Any) -> None:
    with pytest.raises(BadParameter, match="cannot be loaded"):
        load(engine, name, pa.table(SEGMENT))


def test_dates_keep_their_moment(engine: Engine) -> None:
    created = pa.array([datetime(2026, 1, 1)] * 2, pa.timestamp("ns", "UTC"))

    load(engine, "flows", pa.table(FLOW | {"created": created}))

    assert rows(engine, "flows", "created")[:2] == [(datetime(2026, 1, 1),)] * 2
