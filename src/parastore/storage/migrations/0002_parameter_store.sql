-- All that a parameter can have beside its value, and what happens to it.

-- The policies of a version: the JSON array as AWS writes it (compact; Type, Version, Attributes), NULL for none.
ALTER TABLE parameter ADD COLUMN policies TEXT;
ALTER TABLE parameter_version ADD COLUMN policies TEXT;

-- The policies of the current version as work to be done. `due_at` is NULL when nothing is left to do.
CREATE TABLE parameter_policy (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  path TEXT NOT NULL,
  position BIGINT NOT NULL,
  type TEXT NOT NULL,
  text TEXT NOT NULL,
  status TEXT NOT NULL,
  due_at BIGINT,
  PRIMARY KEY (account, region, path, position),
  FOREIGN KEY (account, region, path) REFERENCES parameter (account, region, path) ON DELETE CASCADE
);

CREATE INDEX parameter_policy_by_due ON parameter_policy (due_at) WHERE due_at IS NOT NULL;

-- A label is on one version of a parameter, the current one or a kept one.
CREATE TABLE parameter_label (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  path TEXT NOT NULL,
  label TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (account, region, path, label),
  FOREIGN KEY (account, region, path) REFERENCES parameter (account, region, path) ON DELETE CASCADE
);

CREATE INDEX parameter_label_by_version ON parameter_label (account, region, path, version);

-- Settings of Systems Manager that an account has changed; `id` is the path form.
CREATE TABLE service_setting (
  account TEXT NOT NULL REFERENCES account (id),
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  value TEXT NOT NULL,
  modified_at BIGINT NOT NULL,
  modified_by TEXT NOT NULL,
  PRIMARY KEY (account, region, id)
);

-- Resource policies, by which a parameter is shared with other accounts.
CREATE TABLE resource_policy (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  path TEXT NOT NULL,
  id TEXT NOT NULL,
  policy TEXT NOT NULL,
  hash TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account, region, path, id),
  FOREIGN KEY (account, region, path) REFERENCES parameter (account, region, path) ON DELETE CASCADE
);

-- What happened: EventBridge events, in the order of their commits. `subject` is the resource; its events keep order.
CREATE TABLE event (
  id BIGINT PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  subject TEXT NOT NULL,
  occurred_at BIGINT NOT NULL,
  body TEXT NOT NULL
);

-- How many parameters of a tier there are: AWS's quota is asked at every creation, and counting takes long.
CREATE TABLE parameter_count (
  account TEXT NOT NULL REFERENCES account (id),
  region TEXT NOT NULL,
  tier TEXT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (account, region, tier)
);

INSERT INTO parameter_count (account, region, tier, count)
  SELECT account, region, tier, count(*) FROM parameter GROUP BY account, region, tier;

-- How far a sink has been served: every event up to `cursor` is delivered or a dead letter. `attempts`, `due_at` and
-- `reason` tell of the next one. Who delivers holds the lease.
CREATE TABLE event_sink (
  name TEXT PRIMARY KEY,
  cursor BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  lease_owner TEXT NOT NULL,
  lease_until BIGINT NOT NULL
);

-- Events that a sink did not take. `again` is 1 when somebody asked to try once more.
CREATE TABLE event_dead_letter (
  sink TEXT NOT NULL,
  event BIGINT NOT NULL REFERENCES event (id),
  attempts BIGINT NOT NULL,
  died_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  again BIGINT NOT NULL,
  PRIMARY KEY (sink, event)
);

CREATE INDEX event_dead_letter_by_event ON event_dead_letter (event);

-- A version that waits for validation of its value (data type aws:ec2:image); `content` is sealed to its place.
CREATE TABLE pending_parameter (
  account TEXT NOT NULL REFERENCES account (id),
  region TEXT NOT NULL,
  path TEXT NOT NULL,
  put_at BIGINT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (account, region, path)
);
