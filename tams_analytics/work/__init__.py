"""What runs in the background, in the server or by `tams work`: deletes, the collector, deliveries.

Each job takes an engine, does what is there to be done and ends; `work.loop` runs them again.
"""
