"""What lies in buckets and folders, listed into one Parquet file (`tables.S3_OBJECTS`).

::

    s3, folders   pages of keys, in order, from any key on
    splitting     where to cut what is left of a bucket, so that several list it at once
    exporting     threads that take stretches of the keys of all buckets, page by page
    parts         what is listed already, on the disk: a killed listing goes on from there
    inventory     what S3 lists itself, read
"""

from tams_analytics.media.listing.exporting import THREADS, list_into

__all__ = ["THREADS", "list_into"]
