"""What a load knows from its first batch to its last."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa


@dataclass
class Loading:
    """One load, whichever table it is into; what is gathered here is judged at its end."""

    now: datetime
    """The load's moment: an object that was registered then was registered by this load."""
    strict: bool
    spanned: list[pa.Array] = field(default_factory=list)
    """Ids of objects that were registered before, but have their timerange from this load."""
    foreign: list[pa.Table] = field(default_factory=list)
    """Uses of objects that were allocated for a flow that had not used them by then."""
    needs_init: bool = False
    """Whether an object that it registered has an initialisation object."""
    inits: list[pa.Table] = field(default_factory=list)
    """What rows of objects name as initialisation object: ``init, is_live, row``."""
    members: list[pa.Table] = field(default_factory=list)
    """Rows of collections: ``flow_id, member_id, row``."""
