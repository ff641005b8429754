"""From a timerange to the media itself: playlists, pictures, edits.

Each takes the questions of a store (``ask``) and where its bytes are, and gives a value that shows
itself. `tams_analytics.store.Store` has them as ``playlist``, ``frames`` and ``to_otio``.
"""

from __future__ import annotations

from tams_analytics.viewing.frames import Frames
from tams_analytics.viewing.pictures import Picture
from tams_analytics.viewing.playlist import Playlist

__all__ = ["Frames", "Picture", "Playlist"]
