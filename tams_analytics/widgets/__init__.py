"""Pictures made of the verbs: the timeline, as a page of its own and inside a notebook.

Importing this package loads nothing else, so that a server can serve ``timeline.js`` alone.
"""
