-- The root key that wraps every term of the key ring. Its provider opens `wrapped` and gives the root key; a root key
-- that stands in a file needs none. There is one row.
CREATE TABLE root_key (
  id TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  wrapped BLOB,
  created_at BIGINT NOT NULL
);

INSERT INTO root_key (id, provider, wrapped, created_at)
  SELECT 'first', provider, NULL, min(created_at) FROM key_ring GROUP BY provider;

ALTER TABLE key_ring DROP COLUMN provider;
