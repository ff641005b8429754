"""What nobody should send, as Hypothesis' strategies."""

from __future__ import annotations

import copy
import string
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            *("", "\0", "a\0b", "\ud800", "%", "%00", "%zz", "/", "//", ".", "..", "null", "true"),
            *("../../etc/passwd", "'; DROP TABLE flows; --", '"', "\\", "\r\nX: y", "NaN", "-0"),
            *("e\u0301", "\u202e", "😀" * 50, "\ufb00", "0x10", "1e999", "9" * 400, "١٢٣"),
            *("x" * 5000, "[0:0_", "(1:0)", "_\n", "_", "()", "[]", "[-9223372037:0_", "1.5"),
            *("[9223372036:854775807]", "[0:0_9223372036:854775807]", "[0:0_1:0)" * 100),
        ]
    ),
)
NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([2**31, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**30, 10**400, -1, 0]),
    st.floats(allow_nan=False, allow_infinity=False),
)
NAMES = [
    *("id", "source_id", "format", "codec", "container", "essence_parameters", "tags", "label"),
    *("object_id", "timerange", "ts_offset", "get_urls", "url", "numerator", "role", "limit"),
]
DOCUMENTS = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | TEXTS, inner, max_size=5)
    ),
    max_leaves=10,
)
PARAMETERS = [
    *("limit", "page", "sort_by", "reverse_order", "timerange", "format", "label", "cascade"),
    *("tag.a", "tag.", "tag_exists.a", "tag_exists.", "collected_by_ids", "status", "source_id"),
    *("accept_get_urls", "accept_storage_ids", "presigned", "object_id", "storage_id", "codec"),
    *("verbose_storage", "include_object_timerange", "include_timerange", "frame_width"),
    *("storage_backend_tag.a", "storage_backend_tag_exists.a", "flow_tag.x", "profile_id"),
    *("init_segments", "frame_height", "flow_id", "start", "end", "expires", "signature"),
]
QUERIES = st.lists(st.tuples(st.sampled_from(PARAMETERS) | TEXTS, TEXTS), max_size=4)
HEADERS = st.dictionaries(
    st.sampled_from(["Accept", "Content-Type", "Range", "If-Match", "X-Correlation-Id", "Cookie"])
    | st.text(string.ascii_letters, min_size=1, max_size=20).map("X-{}".format),
    st.binary(max_size=60).map(lambda junk: junk.translate(None, b"\r\n\0")),
    max_size=3,
)
BODIES = [
    *(
        b"",
        b" ",
        b"\xff\xfe",
        b"\0",
        b"null",
        b"1",
        b'"',
        b"{",
        b"[1,]",
        b"NaN",
        b"-",
        b"\xef\xbb\xbf{}",
    ),
    *(
        b'{"id": 1, "id": 2}',
        b"[" * 100_000,
        b"[" * 900 + b"]" * 900,
        b'{"a":' * 900 + b"1" + b"}" * 900,
    ),
    *(
        b"9" * 5000,
        b"-1e9999",
        b'"\\ud800"',
        b'"' + b"x" * 10_000_000 + b'"',
        b"[" + b"1," * 3_000_000 + b"1]",
    ),
    b'{"label": "' + b"\\u0000" * 1000 + b'"}',
]
"""Raw bodies: no JSON, JSON of a kind that nobody asked for, deep, and of ten megabytes."""


def encoded(text: str) -> str:
    """Percent-encoded, lone surrogates too."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@st.composite
def spoilt(draw: st.DrawFn, document: Any) -> Any:
    """``document`` with one of its values, at any depth, replaced by what has no place there."""
    changed = copy.deepcopy(document)
    within, key = draw(st.sampled_from(list(_places(changed))))
    within[key] = draw(DOCUMENTS)
    return changed


def _places(document: Any) -> list[tuple[Any, Any]]:
    keys: list[Any] = []
    if isinstance(document, dict):
        keys = list(document)
    elif isinstance(document, list):
        keys = list(range(len(document)))
    deeper = [place for key in keys for place in _places(document[key])]
    return [(document, key) for key in keys] + deeper
