"""What rows of a load refer to is there and may be changed, as a single write asks it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from tams_analytics.engines import Engine
from tams_analytics.errors import BadParameter, NotFound, ReadOnlyFlow
from tams_analytics.writes.bulk import load as loading
from tams_analytics.writes.bulk.load import load
from tams_analytics.writes.collections import set_flow_collection
from tams_analytics.writes.flow_properties import set_flow_read_only
from tams_analytics.writes.segments import create_segments
from tams_analytics.writes.storage_backends import ensure_default_backend
from tams_analytics.writes.tags import set_flow_tag
from tests.writes.conftest import Prepare

BACKEND = {"provider": "p", "store_product": "q"}


@pytest.fixture(params=[1, 1000])
def chunks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With each row in a chunk of its own, and all in one."""
    monkeypatch.setattr(loading, "CHUNK_ROWS", request.param)


def put_backends(engine: Engine, *ids: str, default: str | None = None) -> None:
    rows = [{"id": id, **BACKEND, "bucket": f"{id}-bucket"} for id in ids]
    for row in rows:
        row["default_storage"] = row["id"] == default
    load(engine, "storage_backends", pa.Table.from_pylist(rows))


@pytest.fixture
def media(world: Any) -> Any:
    """The object ``a`` on F1, and the storage backends ``near``, the default one, and ``far``."""
    create_segments(world.engine, world.F1, {"object_id": "a", "timerange": "0:0_1:0"})
    put_backends(world.engine, "near", "far", default="near")
    return world


def test_212_an_instance_is_in_a_storage_backend_of_the_store(media: Any) -> None:
    given = pa.table({"object_id": ["a", "a"], "storage_id": ["near", "elsewhere"]})

    with pytest.raises(BadParameter, match=r"instances\.storage_id.*'elsewhere'.*row 1"):
        load(media.engine, "object_instances", given)


@pytest.mark.parametrize("given", [{}, {"storage_id": pa.array([None], pa.string())}])
def test_214_a_controlled_instance_is_in_the_default_backend_where_it_names_none(
    media: Any, given: dict[str, Any]
) -> None:
    load(media.engine, "object_instances", pa.table({"object_id": ["a"], **given}))

    stored = media.rows("object_instances", "storage_id", "bucket", "key")
    assert [("near", "near-bucket", media.object("a")["storage_path"])] == stored


def test_212_an_instance_is_in_the_bucket_of_its_backend_unless_it_says_another(media: Any) -> None:
    given = {"object_id": ["a", "a"], "storage_id": ["near", "far"], "bucket": [None, "own"]}

    load(media.engine, "object_instances", pa.table(given))

    expected = [("far", "own"), ("near", "near-bucket")]
    assert expected == media.rows("object_instances", "storage_id", "bucket")


def test_212_an_object_has_one_instance_in_the_default_backend(media: Any) -> None:
    load(media.engine, "object_instances", pa.table({"object_id": ["a"], "storage_id": ["near"]}))

    with pytest.raises(BadParameter, match=r"stored already.*row 0"):
        load(media.engine, "object_instances", pa.table({"object_id": ["a"]}))


@pytest.mark.parametrize("backends", [(), ("one", "two")])
def test_197_without_a_default_backend_an_instance_names_its_own(world: Any, backends: Any) -> None:
    load(world.engine, "objects", pa.table({"id": ["a"]}))
    if backends:
        put_backends(world.engine, *backends)

    with pytest.raises(BadParameter, match=r"instances\.storage_id.*no default.*row 0"):
        load(world.engine, "object_instances", pa.table({"object_id": ["a"]}))


def test_a_url_needs_no_storage_backend(world: Any) -> None:
    load(world.engine, "objects", pa.table({"id": ["a"]}))
    url = {"controlled": [False], "label": ["l"], "url": ["https://example.org/a"]}

    load(world.engine, "object_instances", pa.table({"object_id": ["a"], **url}))

    assert [(None, None)] == world.rows("object_instances", "storage_id", "bucket")


def flows(engine: Engine, *ids: str) -> None:
    multi = "urn:x-nmos:format:multi"
    given = {"id": ids, "source_id": ids, "format": [multi] * len(ids)}
    load(engine, "flows", pa.table(given))


@pytest.fixture
def four(engine: Engine, prepare: Prepare) -> Engine:
    """The flows a, b, c and d."""
    return prepare(engine, four_flows)


def four_flows(engine: Engine) -> None:
    flows(engine, *"abcd")


def members(*pairs: str) -> pa.Table:
    """Rows of collections from ``collector>member``."""
    collectors, members = zip(*(pair.split(">") for pair in pairs), strict=True)
    return pa.table({"flow_id": collectors, "member_id": members})


@pytest.mark.parametrize(
    ("before", "given", "row"),
    [
        ([], ["a>b", "b>a"], 0),
        ([], ["a>b", "c>d", "b>c", "c>a"], 0),
        (["a>b"], ["c>d", "b>a"], 1),
        (["a>b", "b>c"], ["d>a", "d>b", "c>a"], 2),
    ],
)
@pytest.mark.usefixtures("chunks")
def test_127_no_flow_collects_itself_by_way_of_others(
    four: Engine, before: list[str], given: list[str], row: int
) -> None:
    if before:
        load(four, "collections", members(*before))

    with pytest.raises(BadParameter, match=rf"collections\.member_id.*itself.*row {row}"):
        load(four, "collections", members(*given))


@pytest.mark.usefixtures("chunks")
def test_127_a_flow_may_be_reached_in_several_ways(four: Engine) -> None:
    assert 5 == load(four, "collections", members("a>b", "a>c", "b>d", "c>d", "a>d"))


@pytest.mark.usefixtures("chunks")
def test_s7_an_object_has_the_container_of_its_first_flow_loaded_or_created(world: Any) -> None:
    world.set_flow(world.F2, container="audio/mp4")
    create_segments(world.engine, world.F2, {"object_id": "single", "timerange": "0:0_1:0"})
    given = {
        "flow_id": [world.F2, world.F1, world.F2, world.F1],
        "object_id": ["a", "b", "b", "a"],
        "timerange": ["1:0_2:0", "0:0_1:0", "2:0_3:0", "1:0_2:0"],
        "ts_offset": ["1:0", "0:0", "2:0", "1:0"],
    }
    load(world.engine, "segments", pa.table(given))

    expected = [("a", "audio/mp4"), ("b", "video/mp4"), ("single", "audio/mp4")]
    assert expected == world.rows("objects", "id", "content_type")


def tags(entity: str, id: str, **more: Any) -> pa.Table:
    named = {"entity_type": [entity], "entity_id": [id], "name": ["n"], "value": ["v"]}
    return pa.table(named | {name: [value] for name, value in more.items()})


def test_tags_belong_to_entities_that_are_there(world: Any) -> None:
    made = ensure_default_backend(world.engine)

    for entity, id in (("sources", world.S), ("flows", world.F1), ("storage_backends", made["id"])):
        assert 1 == load(world.engine, "tags", tags(entity, id))


@pytest.mark.parametrize(
    ("entity", "named"),
    [
        ("sources", "source"), ("flows", "flow"), ("profiles", "profile"), ("webhooks", "webhook"),
        ("storage_backends", "storage backend"),
    ],
)  # fmt: skip
def test_a_tag_of_what_is_not_there_is_not_found(world: Any, entity: str, named: str) -> None:
    given = pa.concat_tables([tags("sources", world.S), tags(entity, "nothing")])

    with pytest.raises(NotFound, match=rf"no {named} nothing.*row 1.*load {named}s first"):
        load(world.engine, "tags", given)


STRING = {"position": None}
ARRAY = {"position": 0}
SECOND = {"position": 1}
NOTHING = {"position": 0, "value": None}


@pytest.mark.parametrize(
    ("first", "second"),
    [(STRING, ARRAY), (ARRAY, STRING), (NOTHING, SECOND), (SECOND, NOTHING), (STRING, SECOND)],
)
@pytest.mark.parametrize("together", [True, False])
@pytest.mark.usefixtures("chunks")
def test_57_a_tag_is_a_text_or_an_array_not_both(
    world: Any, first: dict[str, Any], second: dict[str, Any], together: bool
) -> None:
    parts = [tags("flows", world.F1, **each) for each in (first, second)]
    parts = [part.cast(_tag_schema()) for part in parts]
    given = pa.concat_tables(parts) if together else parts[1]
    if not together:
        load(world.engine, "tags", parts[0])

    with pytest.raises(BadParameter, match=rf"tags\.position.*row {int(together)}"):
        load(world.engine, "tags", given)


def test_57_the_row_that_goes_on_with_a_stored_array_is_not_the_bad_one(world: Any) -> None:
    def array(positions: range) -> list[pa.Table]:
        return [tags("flows", world.F1, position=n).cast(_tag_schema()) for n in positions]

    load(world.engine, "tags", pa.concat_tables(array(range(20))))
    text = tags("flows", world.F1, position=None).cast(_tag_schema())

    with pytest.raises(BadParameter, match=r"tags\.position: None .*row 2"):
        load(world.engine, "tags", pa.concat_tables([*array(range(20, 22)), text]))


def test_57_an_array_has_many_values_and_other_tags_are_apart(world: Any) -> None:
    given = [
        tags("flows", world.F1, position=0), tags("flows", world.F1, position=1),
        tags("flows", world.F1, name="m", position=None),
        tags("flows", world.F2, position=None), tags("sources", world.S, position=0, value=None),
    ]  # fmt: skip

    assert 5 == load(world.engine, "tags", pa.concat_tables(t.cast(_tag_schema()) for t in given))


def _tag_schema() -> pa.Schema:
    names = ("entity_type", "entity_id", "name", "value")
    return pa.schema([*((name, pa.string()) for name in names), ("position", pa.int64())])


def test_57_an_empty_array_stands_at_position_0(world: Any) -> None:
    with pytest.raises(BadParameter, match=r"tags\.position.*row 0"):
        load(world.engine, "tags", tags("flows", world.F1, position=1, value=None))


def test_75_a_flow_names_a_profile_of_the_store(engine: Engine) -> None:
    video = "urn:x-nmos:format:video"
    load(engine, "profiles", pa.table({"id": ["p"], "format": [video]}))
    given = {"id": ["f", "g"], "source_id": ["s", "s"], "format": [video, video]}
    linked = given | {"profile_id": ["p", None]}
    assert 2 == load(engine, "flows", pa.table(linked))

    other = given | {"id": ["h", "i"], "profile_id": ["p", "nothing"]}
    with pytest.raises(BadParameter, match=r"flows\.profile_id.*'nothing'.*row 1"):
        load(engine, "flows", pa.table(other))


@pytest.mark.parametrize("being_deleted", [True, False])
def test_118_a_closed_flow_takes_no_tags_and_no_members(world: Any, being_deleted: bool) -> None:
    if being_deleted:
        world.request_deletion(world.F1, delete_flow=True)
    else:
        set_flow_read_only(world.engine, world.F1, True)
    of_f2 = tags("flows", world.F2)
    with pytest.raises(ReadOnlyFlow):
        set_flow_tag(world.engine, world.F1, "n", "v")
    with pytest.raises(ReadOnlyFlow):
        set_flow_collection(world.engine, world.F1, [{"id": world.F2}])

    with pytest.raises(ReadOnlyFlow, match=world.F1):
        load(world.engine, "tags", pa.concat_tables([of_f2, tags("flows", world.F1)]))
    with pytest.raises(ReadOnlyFlow, match=world.F1):
        load(world.engine, "collections", members(f"{world.F1}>{world.F2}"))
    assert 1 == load(world.engine, "collections", members(f"{world.F2}>{world.F1}"))
    assert 1 == load(world.engine, "tags", of_f2)


def test_118_a_flow_may_come_read_only(world: Any) -> None:
    given = {"id": ["f"], "source_id": [world.S], "format": ["urn:x-nmos:format:video"]}

    assert 1 == load(world.engine, "flows", pa.table(given | {"read_only": [True]}))
