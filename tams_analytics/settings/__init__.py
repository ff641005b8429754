"""What can be set from outside: environment, then a file, then the default (mission F40 to F53).

Names known before this library are read with and without the prefix ``TAMS_``; where both are set,
the prefixed one wins. Names that `library` marks with ``+`` have the prefix always. Secrets have no
default, and neither they nor URLs, which may hold one, show in a ``repr``.

The settings file is ``$TAMS_SETTINGS``, else ``tams/settings.toml`` in the user's configuration
folder; beside it ``stores.toml`` names stores: ``[newsroom]`` with ``url = "vast://…"``.
"""

from tams_analytics.settings.files import (
    TABLE,
    config_folder,
    file_table,
    settings_file,
)
from tams_analytics.settings.library import Settings, load
from tams_analytics.settings.reading import read, refuse_unknown, setting
from tams_analytics.settings.redaction import has_options, redacted, redacted_within
from tams_analytics.settings.stores import EXAMPLE, NamedStores, named_stores
from tams_analytics.settings.values import (
    MOST,
    Network,
    as_bool,
    as_bytes,
    as_count,
    as_networks,
    as_text,
    count_of,
    one_of,
)

__all__ = [
    "EXAMPLE",
    "MOST",
    "TABLE",
    "NamedStores",
    "Network",
    "Settings",
    "as_bool",
    "as_bytes",
    "as_count",
    "as_networks",
    "as_text",
    "config_folder",
    "count_of",
    "file_table",
    "has_options",
    "load",
    "named_stores",
    "one_of",
    "read",
    "redacted",
    "redacted_within",
    "refuse_unknown",
    "setting",
    "settings_file",
]
