-- By how much did each bucket and storage class grow or shrink from one listing to the next?
-- Tables: objects.s3.objects (all listings that were kept)
WITH listings AS (
  SELECT
    bucket,
    storage_class,
    listed_at,
    count(*) AS objects,
    sum(CAST(size AS decimal(38, 0))) AS bytes
  FROM objects.s3.objects
  GROUP BY bucket, storage_class, listed_at
)
SELECT
  bucket,
  storage_class,
  listed_at,
  objects,
  bytes,
  objects - lag(objects) OVER (PARTITION BY bucket, storage_class ORDER BY listed_at) AS more_objects,
  bytes - lag(bytes) OVER (PARTITION BY bucket, storage_class ORDER BY listed_at) AS more_bytes
FROM listings
ORDER BY bucket, storage_class, listed_at;
