"""Which nodes of a graph lie on a circle."""

from __future__ import annotations

from collections.abc import Mapping, Set


def in_circles(edges: Mapping[str, Set[str]]) -> dict[str, list[str]]:
    """Each node that leads back to itself, with a shortest way there: ``[node, …, node]``."""
    left = _pruned(edges)
    ways = {node: _way_back(node, left) for node in left}
    return {node: way for node, way in ways.items() if way}


def _pruned(edges: Mapping[str, Set[str]]) -> dict[str, set[str]]:
    """Without what leads nowhere, or is led to by nothing: none of it is on a circle."""
    left = {node: set(members) for node, members in edges.items()}
    while True:
        led_to = set().union(*left.values())
        kept = {node: members & left.keys() for node, members in left.items() if node in led_to}
        kept = {node: members for node, members in kept.items() if members}
        if kept == left:
            return left
        left = kept


def _way_back(start: str, edges: Mapping[str, Set[str]]) -> list[str]:
    """The shortest way from a node to itself, or nothing."""
    came_from: dict[str, str] = {}
    fresh = [start]
    while fresh and start not in came_from:
        following = []
        for node in fresh:
            new = sorted(edges.get(node, set()) - came_from.keys())
            came_from |= dict.fromkeys(new, node)
            following += new
        fresh = following
    return _told(start, came_from) if start in came_from else []


def _told(start: str, came_from: Mapping[str, str]) -> list[str]:
    way = [start, came_from[start]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]
