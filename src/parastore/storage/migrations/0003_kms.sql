-- KMS: keys of customers, their rotation, policies, grants, tags and imported material.
-- An empty `material_id` is a key that waits for its import; an empty `material` has been deleted or has expired.

ALTER TABLE kms_key ADD COLUMN spec TEXT NOT NULL DEFAULT 'SYMMETRIC_DEFAULT';
ALTER TABLE kms_key ADD COLUMN usage TEXT NOT NULL DEFAULT 'ENCRYPT_DECRYPT';
ALTER TABLE kms_key ADD COLUMN origin TEXT NOT NULL DEFAULT 'AWS_KMS';
-- NULL is the default policy.
ALTER TABLE kms_key ADD COLUMN policy TEXT;
ALTER TABLE kms_key ADD COLUMN deletion_at BIGINT;
-- The period stays when automatic rotation is switched off; `rotates_at` is NULL then.
ALTER TABLE kms_key ADD COLUMN rotation_days BIGINT;
ALTER TABLE kms_key ADD COLUMN rotates_at BIGINT;
UPDATE kms_key SET rotation_days = 365, rotates_at = created_at + 31536000000 WHERE manager = 'AWS';

-- How the key came to it: NULL for the first, AUTOMATIC or ON_DEMAND.
ALTER TABLE kms_key_material ADD COLUMN rotation TEXT;
ALTER TABLE kms_key_material ADD COLUMN expires_at BIGINT;
ALTER TABLE kms_key_material ADD COLUMN description TEXT;

CREATE INDEX kms_key_by_account ON kms_key (account, region, id);
CREATE INDEX kms_key_by_deletion ON kms_key (deletion_at) WHERE deletion_at IS NOT NULL;
CREATE INDEX kms_key_by_rotation ON kms_key (rotates_at) WHERE rotates_at IS NOT NULL;
CREATE INDEX kms_key_material_by_expiry ON kms_key_material (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX kms_alias_by_key ON kms_alias (key_id);

CREATE TABLE kms_tag (
  key_id TEXT NOT NULL REFERENCES kms_key (id),
  tag_key TEXT NOT NULL,
  tag_value TEXT NOT NULL,
  PRIMARY KEY (key_id, tag_key)
);

-- `operations` is a JSON array, `constraints` a JSON object or NULL.
CREATE TABLE kms_grant (
  id TEXT PRIMARY KEY,
  key_id TEXT NOT NULL REFERENCES kms_key (id),
  issuer TEXT NOT NULL,
  grantee TEXT NOT NULL,
  retiree TEXT,
  name TEXT,
  operations TEXT NOT NULL,
  constraints TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX kms_grant_by_key ON kms_grant (key_id, created_at, id);
CREATE INDEX kms_grant_by_retiree ON kms_grant (retiree, id) WHERE retiree IS NOT NULL;
