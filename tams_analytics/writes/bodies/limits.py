"""How large a client's document may be.

A cell of VAST holds at most 126 KB, and what is written here must fit there too. Sizes of texts are
bytes of UTF-8.
"""

from __future__ import annotations

MOST_SHORT_BYTES = 1024
"""Of names: MIME types, roles, versions, principals, names of tags."""
MOST_LABEL_BYTES = 32 * 1024
MOST_TEXT_BYTES = 64 * 1024
"""Of a description and of one value of a tag."""
MOST_JSON_BYTES = 120_000
"""Of all that has no column of its own, as JSON text."""
MOST_DEPTH = 32
"""How deep objects and arrays may be nested."""
MOST_INTEGER_BITS = 1024
"""Of a number in a field that the specification does not name."""
MOST_TAGS = 1000
"""Of one entity; of values in one tag as well."""
MOST_MEMBERS = 1000
"""Of one collection."""
MOST_ENTITIES = 1000
"""Of one batch (mission F6)."""
MOST_SEGMENTS = 10_000
"""Of one request: ten times what has to work (statement 184); each has to be judged."""
