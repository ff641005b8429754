"""The TAMS server."""
