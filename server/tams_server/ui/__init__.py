"""The pages under ``/ui``: a small explorer of a store, which only reads.

Each page is one value, made by one function of this package: a template shows it, and its twin at
the same path with ``.json`` behind gives it as data.
"""
