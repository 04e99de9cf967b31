"""The barrier between the product and untrusted storage: a root key, a ring of keys, `seal` and `unseal`."""
