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
    "collection_role_doubled": """
        select 'flows', flow_id from collections group by flow_id, role having count(*) > 1
            and role is not null""",
    "collection_without_essence": """
        select 'flows', id from flows where format like '%:multi' and id not in (
            select flow_id from collections where member_id in (
                select id from flows where regexp_matches(format, ':(video|audio|multi)$')))""",
    "source_flows_disagree": """
        with edges as (
            select c.flow_id f, c.member_id m, a.source_id s, b.source_id t from collections c
            join flows a on a.id = c.flow_id join flows b on b.id = c.member_id
            where c.flow_id <> c.member_id)
        select distinct 'flows', e.f from edges e join edges o on e.s = o.t and e.t = o.s
        where o.f <> e.m or o.m <> e.f""",
    "flow_format_differs": """
        select 'flows', id from flows where exists (
            from sources where sources.id = source_id and sources.format <> flows.format)""",
    "metadata_missing": """
        select 'flows', id from flows
        where not (label > '' and description > '' and created_by > ''
            and (container > '' or format like '%:multi')) is true
        union all select 'sources', id from sources
        where not (label > '' and description > '' and created_by > '') is true""",
    "tag_name_varies": """
        with names as (
            select name, count(distinct entity_id) n, regexp_replace(lower(name), '[-. ]', '_', 'g')
                spelt from tags group by name)
        select distinct entity_type, entity_id from tags join names using (name)
        where exists (from names other where other.spelt = names.spelt
            and (-other.n, other.name) < (-names.n, names.name))""",
    "segment_outside_object": """
        select distinct 'segments', s.flow_id || '@' || s.timerange
        from segments s join objects o on o.id = s.object_id
        where s.start_ns::hugeint - ts_offset_ns < o.start_ns
            or s.end_ns::hugeint - ts_offset_ns > o.end_ns""",
    "ts_offset_differs_from_text": """
        select 'segments', flow_id || '@' || timerange from segments
        where ts_offset_ns <> coalesce(split_part(ts_offset, ':', 1)::hugeint * 1000000000
            + split_part(ts_offset, ':', 2)::hugeint, 0)""",
    "ts_offset_jumps": """
        select 'segments', flow_id || '@' || timerange from (
            select *, array_agg(ts_offset_ns) over (partition by flow_id order by start_ns, end_ns
                rows between 1 preceding and 1 following) beside from segments) s
        where len(beside) = 3 and beside[1] = beside[3] and beside[2] <> beside[1]
            and flow_id in (select first_flow_id from objects where id = s.object_id)""",
    "last_duration_odd": """
        select 'segments', flow_id || '@' || timerange from segments s
        left join (select distinct id, frame_rate_num, frame_rate_den from flows
            where not coalesce(vfr, false)) f on f.id = s.flow_id
        where split_part(last_duration, ':', 1)::hugeint * 1000000000
            + split_part(last_duration, ':', 2)::hugeint not between 1 and
            least(end_ns - start_ns, coalesce(ceil(1e9 * frame_rate_den / frame_rate_num), 1e18))
        """,
    "segment_longer_than_target": """
        select 'segments', flow_id || '@' || timerange from segments
        join (select distinct id, segment_duration_num / segment_duration_den target_s from flows)
        on id = flow_id where (end_ns - start_ns) / 1e9 > 10 * target_s""",
    "fence_too_short": """
        select 'flows', flow_id from segments left join flow_fences using (flow_id)
        where flow_id in (select id from flows)
        group by flow_id, max_segment_ns
        having max(end_ns - start_ns) > coalesce(max_segment_ns, 0)""",
    "init_segments_differ": """
        select distinct 'segments', s.flow_id || '@' || s.timerange
        from segments s join objects o on o.id = s.object_id
        join flows f on f.id = s.flow_id
        where coalesce(init_segments, false) <> (init_object_id is not null)""",
    "init_object_missing": """
        select 'objects', id from objects
        where init_object_id is not null and init_object_id not in (select id from objects)""",
    "init_object_is_media": """
        select distinct 'objects', init_object_id from objects
        where init_object_id in (select object_id from segments)""",
    "init_object_has_timerange": """
        select distinct 'objects', id from objects where timerange is not null
          and id in (select init_object_id from objects)
          and id not in (select object_id from segments)""",
    "object_timerange_missing": """
        select distinct 'objects', id from objects
        where coalesce(timerange, start_ns::text, end_ns::text) is null
          and id in (select object_id from segments) and registered_at is not null
          and id not in (select init_object_id from objects where init_object_id is not null)""",
    "object_without_instance": """
        select distinct 'objects', id from objects
        where registered_at is not null and id in (select object_id from segments)
          and id not in (select object_id from object_instances)""",
    "instance_without_object": """
        select 'object_instances', object_id from object_instances
        where object_id not in (select id from objects)""",
    "instance_place_differs": """
        select distinct 'object_instances', object_id
        from object_instances i join objects o on o.id = i.object_id
        where controlled and (key is distinct from storage_path or bucket is null
            or url is not null)""",
    "collection_without_flow": """
        select distinct 'collections', flow_id from collections
        where flow_id not in (select id from flows)""",
    "tag_without_entity": """
        select entity_type, entity_id from tags
        where (entity_type, entity_id) not in (
            select 'flows', id from flows union all select 'sources', id from sources)""",
    "object_without_key_frames": """
        select 'objects', id from objects where key_frame_count = 0
          and first_flow_id in (select id from flows where format like '%:video')""",
    "deletion_request_failed": """
        select 'deletion_requests', id from deletion_requests where status = 'error'""",
    "deletion_request_stuck": """
        select 'deletion_requests', id from deletion_requests
        where status in ('created', 'started') and updated < timestamp '2026-09-01'""",
    "column_contract": """
        select 'tags', entity_id from tags where position < 0
        union all select 'collections', flow_id from collections where position < 0
        union all select 'segments', flow_id from segments where end_ns <= start_ns
        union all select 'objects', id from objects
        where end_ns <= start_ns or size < 0 or key_frame_count < 0
        union all select 'flows', id from flows
        where least(frame_width, frame_height, frame_rate_num, frame_rate_den, sample_rate,
                channels, segment_duration_num, segment_duration_den) < 1
            or least(avg_bit_rate, max_bit_rate, generation) < 0
            or status not in ('awaiting_content', 'ingesting', 'replication_in_progress',
                'closed_complete')
        union all select 'flows', id from (select id, format from flows union all
            select id, format from sources)
        where not regexp_full_match(format,
            'urn:x-(nmos:format:(video|audio|data|multi)|tam:format:image)')""",
}

RULES = {
    "an object has one storage path of its own (R8)": """
        select storage_path from (select distinct id, storage_path from objects)
        group by all having count(*) > 1""",
    "a storage path is the flow, the UTC date of allocation and the object (R8)": """
        select id from objects
        where storage_path <> first_flow_id || strftime(created, '/%Y/%m/%d/') || id""",
    "a controlled instance has a storage backend and no label": """
        select object_id from object_instances
        where controlled and (storage_id not in (select id from storage_backends)
            or label is not null)""",
    "an uncontrolled instance has a label, a URL and no place": """
        select object_id from object_instances
        where not controlled and (label is null or url is null or key is not null
            or storage_id is not null or label in (select label from storage_backends))""",
    "no object has two controlled instances": """
        select object_id from object_instances where controlled
        group by 1 having count(*) > 1""",
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
        where format <> 'urn:x-nmos:format:multi'
            and (codec is null or container is null and label not like 'Untold %')""",
    "a collection has each place once": """
        select flow_id from collections group by flow_id having count(*) <> count(distinct position)
        """,
    "ids are lower-case UUIDs of versions 1 to 5": """
        select id from (select id from flows union all select id from sources)
        where not regexp_full_match(id,
            '[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')""",
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
