"""The specification's request bodies: strict types, limits, and refusals that name the field.

These models are the API's documents, not a second definition of the tables.
"""

from __future__ import annotations

from tams_analytics.writes.bodies.flow import flow
from tams_analytics.writes.bodies.profile import profile
from tams_analytics.writes.bodies.source import source

__all__ = ["flow", "profile", "source"]
