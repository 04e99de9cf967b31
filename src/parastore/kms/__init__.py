"""Keys that encrypt: AWS KMS for symmetric keys."""
