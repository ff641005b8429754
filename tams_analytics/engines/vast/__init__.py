"""VAST DB: scans that take exact conditions, and DuckDB for the rest."""
