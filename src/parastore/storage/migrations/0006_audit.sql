-- The audit trail: the records of changes, each committed with its change, and how far every trail has come.

-- Trail 0 holds the records of changes, chained by `digest`. Where nodes share a database, the records that each of
-- them wrote to files of its own follow under that trail's number. `happened_at` is milliseconds since the epoch.
CREATE TABLE audit_record (
  trail BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  happened_at BIGINT NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (trail, sequence)
);

CREATE INDEX audit_record_by_account ON audit_record (account, region, happened_at);

-- Trails, numbered without gaps from the oldest kept. The chain begins behind `first`, at `first_digest`; `last` is
-- as far as a checkpoint has come, so a trail that ends before it was cut. `signature` is over all of it.
CREATE TABLE audit_trail (
  number BIGINT PRIMARY KEY,
  opened_at BIGINT NOT NULL,
  node TEXT NOT NULL,
  first BIGINT NOT NULL,
  first_digest TEXT NOT NULL,
  last BIGINT NOT NULL,
  last_digest TEXT NOT NULL,
  term BIGINT NOT NULL,
  signature TEXT NOT NULL
);
