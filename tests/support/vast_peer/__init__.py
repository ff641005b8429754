"""A VAST DB server for tests: it speaks VAST's wire protocol to the unmodified ``vastdb`` SDK, and
to VAST's own Trino connector as far as that can be read in its sources (``tests/vast_peer``).

What it proves: which requests, columns and conditions leave a client; that the client reads the
answers, in any order and cut anywhere; that its transactions, retries and errors hold against a
server with snapshot isolation where the first writer of a row or an object wins.

What only a cluster can prove: that two transactions which update the same row conflict; how long a
transaction lives; what pruning, sort keys and projections save; memory limits; the order of rows;
what NULL, NaN and odd strings do in comparisons. No signature is verified. It has no vector
indexes, no Parquet import, no blob expansions and no partitions.

Invented here, as nothing public says it: that an ended transaction is answered 404
``NoSuchTransaction``, that ``PUT /bucket/.snapshot/name`` takes a snapshot (a cluster's management
does), an update of a missing row nothing, a second sort key or a bad column 400.
Selects always refuse columns that the table does not have; writes do where a switch says so.

    with VastPeer(buckets=("tams",)) as peer:
        session = peer.connect()     # or vastdb.connect(endpoint=peer.url, ...)
"""

from tests.support.vast_peer.log import Entry, Log
from tests.support.vast_peer.messages import Request
from tests.support.vast_peer.peer import VastPeer
from tests.support.vast_peer.switches import Switches

__all__ = ["Entry", "Log", "Request", "Switches", "VastPeer"]
