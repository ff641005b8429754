"""The rules of a store, as SQL that gives what breaks them: said again, without the library."""

from __future__ import annotations

import functools

from tams_analytics.store import Store, connect
from tams_analytics.tables import STORE_METADATA, TABLES

CHECKS = {
    "segments_overlap": """
        select 'segments', flow_id || '@' || timerange
        from (select *, max(end_ns) over (partition by flow_id order by start_ns, end_ns
                  rows between unbounded preceding and 1 preceding) covered_until from segments)
        where start_ns < covered_until""",
    "segment_without_flow": """
        select 'segments', flow_id || '@' || timerange from segments
        where flow_id not in (select id from flows)""",
    "segment_without_object": """
        select 'segments', flow_id || '@' || timerange from segments
        where object_id not in (select id from objects)""",
    "flow_without_source": """
        select 'flows', id from flows where source_id not in (select id from sources)""",
    "source_without_flow": """
        select 'sources', id from sources
        where not explicit and id not in (select source_id from flows)""",
    "object_unreferenced": """
        select 'objects', id from objects
        where registered_at is not null and released_at is null
          and id not in (select object_id from segments)
          and id not in (select init_object_id from objects where init_object_id is not null)""",
    "object_never_registered": """
        select 'objects', id from objects
        where registered_at is null and created < timestamp '2026-09-02' - interval 1 hour""",
    "duplicate_id": """
        select 'flows', id from flows group by id having count(*) > 1
        union all select 'sources', id from sources group by id having count(*) > 1
        union all select 'objects', id from objects group by id having count(*) > 1""",
    "collection_member_missing": """
        select 'flows', flow_id from collections where member_id not in (select id from flows)""",
    "collection_cycle": """
        with recursive reach(first, last) as (
            select flow_id, member_id from collections
            union select first, member_id from reach join collections on flow_id = last)
        select 'flows', first from reach where first = last""",
}

RULES = {
    "an object has one storage path of its own (R8)": """
        select storage_path from (select distinct id, storage_path from objects)
        group by all having count(*) > 1""",
    "a storage path is the flow, the UTC date of allocation and the object (R8)": """
        select id from objects
        where storage_path <> first_flow_id || strftime(created, '/%Y/%m/%d/') || id""",
    "a controlled instance has the object's place and no URL": """
        select i.object_id from object_instances i join objects o on o.id = i.object_id
        where controlled and (key <> storage_path or url is not null or bucket is null
            or storage_id not in (select id from storage_backends) or i.label is not null)""",
    "an uncontrolled instance has a label, a URL and no place": """
        select object_id from object_instances
        where not controlled and (label is null or url is null or key is not null
            or storage_id is not null or label in (select label from storage_backends))""",
    "every object has exactly one controlled instance, every instance an object": """
        select coalesce(o.id, i.object_id)
        from (select distinct id from objects) o
        full join (select * from object_instances where controlled) i on o.id = i.object_id
        group by 1 having count(o.id) <> 1 or count(i.object_id) <> 1""",
    "a segment lies inside its object (177)": """
        select s.object_id from segments s join objects o on o.id = s.object_id
        where s.start_ns - ts_offset_ns < o.start_ns or s.end_ns - ts_offset_ns > o.end_ns
            or o.start_ns is null""",
    "ts_offset is its nanoseconds as text": """
        select object_id from segments
        where ts_offset_ns <> coalesce(split_part(ts_offset, ':', 1)::hugeint * 1000000000
            + split_part(ts_offset, ':', 2)::hugeint, 0)""",
    "a flow with init segments has init objects throughout, another none (180)": """
        select s.object_id from segments s join objects o on o.id = s.object_id
        join flows f on f.id = s.flow_id
        where coalesce(init_segments, false) <> (init_object_id is not null)""",
    "an init object is there, is no media object and has no timerange (179, 204)": """
        select i.init_object_id
        from (select distinct init_object_id from objects where init_object_id is not null) i
        left join objects o on o.id = i.init_object_id
        where o.id is null or o.timerange is not null
            or o.id in (select object_id from segments)""",
    "a fence is at least as long as the longest segment of its flow": """
        select f.flow_id from flow_fences f join segments s using (flow_id)
        group by f.flow_id, max_segment_ns having max(end_ns - start_ns) > max_segment_ns""",
    "every flow has one fence, every fence a flow": """
        select coalesce(f.id, n.flow_id)
        from (select distinct id from flows) f
        full join (from flow_fences where flow_id <> '*') n on f.id = n.flow_id
        group by 1 having count(f.id) <> 1 or count(n.flow_id) <> 1""",
    "video has a size and a fixed frame rate, audio its rate and channels, an image a size": """
        select id from flows
        where (format like '%:video' and (frame_width is null or frame_height is null
                or frame_rate_num is null or vfr))
            or (format like '%:audio' and (sample_rate is null or channels is null))
            or (format like '%:image' and (frame_width is null or frame_height is null))""",
    "a flow that is not multi has a codec and a container (99, 171)": """
        select id from flows
        where (codec is null or container is null) and format <> 'urn:x-nmos:format:multi'""",
    "a flow has its source's format (81)": """
        select f.id from flows f join sources s on s.id = f.source_id
        where f.format <> s.format""",
    "a collection has video or audio, each role and each place once": """
        select flow_id from collections c
        left join (select distinct id, format from flows) f on f.id = c.member_id
        group by flow_id
        having count(*) filter (format like '%:video' or format like '%:audio') = 0
            or count(*) <> count(distinct role)""",
    "ids are lower-case UUIDs of versions 1 to 5": """
        select id from (select id from flows union all select id from sources)
        where not regexp_full_match(id,
            '[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')""",
    "tags belong to something": """
        select entity_id from tags where not (
            entity_type = 'flows' and entity_id in (select id from flows)
            or entity_type = 'sources' and entity_id in (select id from sources))""",
    "what happens happens in order": """
        select s.object_id from segments s join flows f on f.id = s.flow_id
        join objects o on o.id = s.object_id
        where not (f.created <= s.created and s.created <= f.segments_updated
            and o.created < o.registered_at and o.registered_at <= s.created)""",
    "a live segment is registered seconds after its end (Q25)": """
        select s.object_id from segments s join flows f on f.id = s.flow_id
        where f.status = 'ingesting' and not s.created between
            make_timestamp_ns(s.end_ns - 37000000000)::timestamp + interval 1 second
            and make_timestamp_ns(s.end_ns - 37000000000)::timestamp + interval 60 second""",
    "at most one storage backend is the default (67)": """
        select 1 from storage_backends where default_storage having count(*) > 1""",
}


def rows(store: Store, sql: str) -> list[tuple[str, ...]]:
    """What a SQL text gives, in order."""
    found = _with_sql(store)._engine.query(sql)  # type: ignore[attr-defined]
    return sorted(tuple(row.values()) for row in found.to_pylist())


@functools.lru_cache(maxsize=8)
def _with_sql(store: Store) -> Store:
    """A store with the same rows that understands SQL."""
    if store._engine.capabilities["SQL"]:
        return store
    copy = connect(":memory:")
    for table in TABLES:
        if table is not STORE_METADATA:
            rows = getattr(store.tables, table.name).to_pyarrow()
            copy._engine.transact(lambda tx, name=table.name, rows=rows: tx.insert(name, rows))
    return copy
