"""The formats of flows and sources that TAMS 8.2 knows, by their URNs, and a flow's statuses."""

from __future__ import annotations

VIDEO = "urn:x-nmos:format:video"
AUDIO = "urn:x-nmos:format:audio"
IMAGE = "urn:x-tam:format:image"
DATA = "urn:x-nmos:format:data"
MULTI = "urn:x-nmos:format:multi"
FORMATS = (VIDEO, AUDIO, IMAGE, DATA, MULTI)

INGESTING = "ingesting"
CLOSED = "closed_complete"
"""The status of a flow that is being recorded."""
STATUSES = ("awaiting_content", INGESTING, "replication_in_progress", CLOSED)
