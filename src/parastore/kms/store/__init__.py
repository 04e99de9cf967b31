"""What KMS keeps: keys, materials, aliases, grants, tags. Each function works inside a given transaction."""
