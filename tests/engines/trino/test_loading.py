"""How the tests fill a Trino, where a server of theirs need not run."""

from __future__ import annotations

from contextlib import closing

import pytest
from trino import dbapi
from trino.exceptions import TrinoUserError

from tests.support.trino_load import make_schema
from tests.support.trino_peer import Answer, TrinoPeer


@pytest.mark.parametrize("name", ["ALREADY_EXISTS", "SCHEMA_ALREADY_EXISTS"])
def test_two_may_make_one_schema_at_once(name: str, peer: TrinoPeer) -> None:
    """Seen of Hive with a file metastore: IF NOT EXISTS looks first and makes then."""
    peer.answers = [
        Answer(error=(name, "USER_ERROR", "Schema already exists: 'staged'")),
        Answer(error=("PERMISSION_DENIED", "USER_ERROR", "Access Denied")),
    ]
    with closing(dbapi.connect(host="127.0.0.1", port=peer.port, user="me")) as connection:
        make_schema(connection.cursor(), "files.staged")

        with pytest.raises(TrinoUserError, match="PERMISSION_DENIED"):
            make_schema(connection.cursor(), "files.staged")
