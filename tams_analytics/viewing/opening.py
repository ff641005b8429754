"""Objects of a store as files that are read by ranges."""

from __future__ import annotations

from tams_analytics.errors import NotFound
from tams_analytics.media.ranges import ObjectReader
from tams_analytics.queries import objects, playing
from tams_analytics.queries.showing import OF_INSTANCE
from tams_analytics.representations.urls import Instance
from tams_analytics.viewing.pieces import Ask, Piece
from tams_analytics.viewing.reaching import Reach


def open_object(
    ask: Ask, reach: Reach, object_id: str, *, initialised: bool = False
) -> ObjectReader:
    """The bytes of an object; ``initialised``: behind those of its initialisation object, if any.

    Raises `NotFound`, `EngineFailed`.
    """
    found = ask(objects.by_ids, ids=[object_id]).to_pylist()
    if not found:
        raise NotFound("object", object_id)
    init = found[0]["init_object_id"] if initialised else None
    ids = [init, object_id] if init else [object_id]
    return ObjectReader([reach.part(id, _instances(ask, id)) for id in ids])


def open_piece(reach: Reach, piece: Piece) -> ObjectReader:
    """The object of a piece as a decoder needs it. Raises `NotFound`, `EngineFailed`."""
    parts = [reach.part(piece.object_id, piece.instances)]
    if piece.init_object_id is not None:
        parts = [reach.part(piece.init_object_id, piece.init_instances), *parts]
    return ObjectReader(parts)


def _instances(ask: Ask, object_id: str) -> list[Instance]:
    rows = ask(playing.instances_of, object_id=object_id).to_pylist()
    return [Instance.of(*(row[name] for name in OF_INSTANCE)) for row in rows]
