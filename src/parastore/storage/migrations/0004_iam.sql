-- Who there is in an account beside its root, and what each may do.

-- Users, groups and roles. `key` is the name in lower case, by which it is unique; `boundary` is the ARN of a managed
-- policy. `trust`, `description` and `longest_session` (seconds) are a role's.
CREATE TABLE iam_identity (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  boundary TEXT,
  trust TEXT,
  description TEXT,
  longest_session BIGINT,
  created_at BIGINT NOT NULL,
  UNIQUE (account, kind, key)
);

CREATE TABLE iam_membership (
  group_id TEXT NOT NULL REFERENCES iam_identity (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES iam_identity (id) ON DELETE CASCADE,
  PRIMARY KEY (user_id, group_id)
);

CREATE INDEX iam_membership_by_group ON iam_membership (group_id);

CREATE TABLE iam_inline_policy (
  owner TEXT NOT NULL REFERENCES iam_identity (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (owner, name)
);

-- Managed policies that an account made; those of AWS come with the program.
CREATE TABLE iam_policy (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  description TEXT,
  default_version BIGINT NOT NULL,
  latest_version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (account, key)
);

CREATE TABLE iam_policy_version (
  policy_id TEXT NOT NULL REFERENCES iam_policy (id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  document TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (policy_id, version)
);

CREATE TABLE iam_attachment (
  owner TEXT NOT NULL REFERENCES iam_identity (id) ON DELETE CASCADE,
  policy TEXT NOT NULL,
  PRIMARY KEY (owner, policy)
);

CREATE INDEX iam_attachment_by_policy ON iam_attachment (policy);

-- Tags of users, roles and policies; `key` is the tag's in lower case.
CREATE TABLE iam_tag (
  owner TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (owner, key)
);

CREATE TABLE iam_alias (
  account TEXT PRIMARY KEY REFERENCES account (id),
  alias TEXT NOT NULL UNIQUE
);

-- When an access key last signed, or a role's session did (`id` is the role's), to the minute or so.
CREATE TABLE iam_last_use (
  id TEXT PRIMARY KEY,
  used_at BIGINT NOT NULL,
  region TEXT NOT NULL,
  service TEXT NOT NULL
);

CREATE INDEX access_key_by_user ON access_key (user_id);
