"""The bulk path: Arrow rows into a table, by the rules that hold for a single document too.

`load.load` is the way in; the other modules are what it asks of each kind of row.
"""
