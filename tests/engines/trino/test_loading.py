"""How the tests fill a Trino, where no server of theirs is needed."""

from __future__ import annotations

from contextlib import closing

import pytest
from trino.exceptions import TrinoUserError

from tests.support import trino_peer
from tests.support.trino_load import make_schema
from tests.support.trino_peer import Answer
from tests.support.trino_server import Trino


@pytest.mark.parametrize("name", ["ALREADY_EXISTS", "SCHEMA_ALREADY_EXISTS"])
def test_two_may_make_one_schema_at_once(name: str) -> None:
    """Seen of Hive with a file metastore: IF NOT EXISTS looks first and makes then."""
    there = Answer(error=(name, "USER_ERROR", "Schema already exists: 'staged'"))
    refused = Answer(error=("PERMISSION_DENIED", "USER_ERROR", "Access Denied"))
    with trino_peer.serving(there, refused) as peer:
        server = Trino("127.0.0.1", peer.port, ("files",))
        with closing(server.connect()) as connection:
            make_schema(connection.cursor(), "files.staged")

            with pytest.raises(TrinoUserError, match="PERMISSION_DENIED"):
                make_schema(connection.cursor(), "files.staged")
