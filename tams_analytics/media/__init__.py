"""The bytes of media objects: where they are kept, and the URLs that lead to them."""
