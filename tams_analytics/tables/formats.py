"""The formats of flows and sources that TAMS 8.2 knows, by their URNs."""

from __future__ import annotations

VIDEO = "urn:x-nmos:format:video"
AUDIO = "urn:x-nmos:format:audio"
IMAGE = "urn:x-tam:format:image"
DATA = "urn:x-nmos:format:data"
MULTI = "urn:x-nmos:format:multi"
FORMATS = (VIDEO, AUDIO, IMAGE, DATA, MULTI)
