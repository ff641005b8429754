"""Media files into a store: read what they are, keep their bytes, register their segments."""
