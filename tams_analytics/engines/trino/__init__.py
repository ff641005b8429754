"""Trino: the same questions as federated SQL, read only."""
