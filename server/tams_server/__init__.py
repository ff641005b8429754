"""The TAMS server: the API of TAMS 8.2, answered by the library.

A request goes through `app` (what stands around every route), one file of `routes` (parse, ask the
library, represent) and back through `answers` and `paging`. Nothing here knows a database.
"""
