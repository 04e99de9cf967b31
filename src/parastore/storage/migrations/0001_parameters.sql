-- Times are milliseconds since the epoch. Sealed columns are bound to their row (see parastore.seal).

-- Facts of this installation: its first account, its default region.
CREATE TABLE installation (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- Terms of the key ring, wrapped by the root key. The newest seals; every one opens.
CREATE TABLE key_ring (
  term BIGINT PRIMARY KEY,
  provider TEXT NOT NULL,
  wrapped BLOB NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE account (
  id TEXT PRIMARY KEY,
  created_at BIGINT NOT NULL
);

CREATE TABLE access_key (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  principal TEXT NOT NULL,
  user_id TEXT NOT NULL,
  secret BLOB NOT NULL,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE kms_key (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  region TEXT NOT NULL,
  manager TEXT NOT NULL,
  state TEXT NOT NULL,
  material_id TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE kms_key_material (
  key_id TEXT NOT NULL REFERENCES kms_key (id),
  id TEXT NOT NULL,
  material BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (key_id, id)
);

CREATE TABLE kms_alias (
  account TEXT NOT NULL REFERENCES account (id),
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  key_id TEXT NOT NULL REFERENCES kms_key (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (account, region, name)
);

-- The current version of every parameter. `path` identifies it ("/foo" for both foo and /foo), `name` is the spelling
-- it was created with, `depth` its number of levels.
CREATE TABLE parameter (
  account TEXT NOT NULL REFERENCES account (id),
  region TEXT NOT NULL,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  depth BIGINT NOT NULL,
  version BIGINT NOT NULL,
  type TEXT NOT NULL,
  value BLOB NOT NULL,
  key_id TEXT,
  description TEXT,
  allowed_pattern TEXT,
  tier TEXT NOT NULL,
  data_type TEXT NOT NULL,
  modified_at BIGINT NOT NULL,
  modified_by TEXT NOT NULL,
  PRIMARY KEY (account, region, path)
);

-- GetParametersByPath lists level by level, by name within a level; one level of a path is one range of this index.
CREATE INDEX parameter_by_depth ON parameter (account, region, depth, path);

-- Versions that an overwrite has replaced.
CREATE TABLE parameter_version (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  path TEXT NOT NULL,
  version BIGINT NOT NULL,
  type TEXT NOT NULL,
  value BLOB NOT NULL,
  key_id TEXT,
  description TEXT,
  allowed_pattern TEXT,
  tier TEXT NOT NULL,
  data_type TEXT NOT NULL,
  modified_at BIGINT NOT NULL,
  modified_by TEXT NOT NULL,
  PRIMARY KEY (account, region, path, version),
  FOREIGN KEY (account, region, path) REFERENCES parameter (account, region, path) ON DELETE CASCADE
);

CREATE TABLE parameter_tag (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  path TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (account, region, path, key),
  FOREIGN KEY (account, region, path) REFERENCES parameter (account, region, path) ON DELETE CASCADE
);
