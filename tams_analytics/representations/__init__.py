"""Rows as the documents that a GET gives, with URLs of the bytes of objects.

The questions behind them are `queries.segments.shown` and `queries.objects.shown`.
"""
