"""The only code that changes a store: the specification's rules, each change one transaction.

Every public function takes an engine first; ``store.writes.NAME(…)`` is the same function with the
engine of that store. Bodies are the specification's documents as dicts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tams_analytics.writes.acknowledgements import acknowledge, withdraw_acknowledgement
from tams_analytics.writes.bulk import load
from tams_analytics.writes.bytes_given import filling, object_at, object_to_fill
from tams_analytics.writes.collections import delete_flow_collection, set_flow_collection
from tams_analytics.writes.copies import register_instance
from tams_analytics.writes.deletes import delete_flow, delete_segments, delete_source
from tams_analytics.writes.deletion_work import work_deletion_requests
from tams_analytics.writes.flow_properties import (
    delete_flow_avg_bit_rate,
    delete_flow_description,
    delete_flow_label,
    delete_flow_max_bit_rate,
    set_flow_avg_bit_rate,
    set_flow_description,
    set_flow_label,
    set_flow_max_bit_rate,
    set_flow_read_only,
)
from tams_analytics.writes.flows import create_flow, create_flows, put_flow
from tams_analytics.writes.holding import prolong
from tams_analytics.writes.instances import add_instance, delete_instance
from tams_analytics.writes.measurements import remember_measures
from tams_analytics.writes.objects import delete_object
from tams_analytics.writes.prepared_backends import prepare_storage_backends
from tams_analytics.writes.profiles import create_profile
from tams_analytics.writes.runs import forget_runs, remember_checks
from tams_analytics.writes.segments import create_segments, create_segments_together
from tams_analytics.writes.service import update_service
from tams_analytics.writes.source_properties import (
    delete_source_description,
    delete_source_label,
    set_source_description,
    set_source_label,
)
from tams_analytics.writes.sources import create_source, create_sources
from tams_analytics.writes.storage import allocate_storage
from tams_analytics.writes.storage_backends import ensure_default_backend, put_storage_backend
from tams_analytics.writes.tags import (
    delete_flow_tag,
    delete_source_tag,
    set_flow_tag,
    set_flow_tags,
    set_source_tag,
    set_source_tags,
)
from tams_analytics.writes.uploads import upload_segment
from tams_analytics.writes.webhooks import create_webhook, delete_webhook, put_webhook

CATALOGUE: tuple[Callable[..., Any], ...] = (
    create_source,
    create_sources,
    set_source_label,
    delete_source_label,
    set_source_description,
    delete_source_description,
    set_source_tag,
    delete_source_tag,
    set_source_tags,
    create_flow,
    create_flows,
    put_flow,
    set_flow_label,
    delete_flow_label,
    set_flow_description,
    delete_flow_description,
    set_flow_max_bit_rate,
    delete_flow_max_bit_rate,
    set_flow_avg_bit_rate,
    delete_flow_avg_bit_rate,
    set_flow_read_only,
    set_flow_tag,
    delete_flow_tag,
    set_flow_tags,
    set_flow_collection,
    delete_flow_collection,
    create_profile,
    update_service,
    create_webhook,
    put_webhook,
    delete_webhook,
)
"""Sources, flows, collections, tags, profiles; the service and its webhooks."""

MEDIA: tuple[Callable[..., Any], ...] = (
    load.load,
    create_segments,
    create_segments_together,
    upload_segment,
    allocate_storage,
    put_storage_backend,
    ensure_default_backend,
    prepare_storage_backends,
    object_at,
    object_to_fill,
    filling,
    prolong,
    add_instance,
    register_instance,
    delete_instance,
    delete_object,
    delete_segments,
    delete_flow,
    delete_source,
    work_deletion_requests,
)
"""Segments, objects, instances, storage, deletes and bulk loads."""

RUNS: tuple[Callable[..., Any], ...] = (
    remember_checks,
    remember_measures,
    forget_runs,
    acknowledge,
    withdraw_acknowledgement,
)
"""What runs of checks and measures have told, and who answers for it."""

WRITES: tuple[Callable[..., Any], ...] = (*CATALOGUE, *MEDIA, *RUNS)
"""What `tams_analytics.store.Store` offers as ``store.writes``."""
