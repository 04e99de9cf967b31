"""Identities: who may sign a request."""
