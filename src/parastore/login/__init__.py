"""Signing in as a person: an OIDC issuer's token in exchange for a role's temporary credentials."""
