"""Time-addressable media stores, as tables."""
