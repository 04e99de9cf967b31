"""Temporary credentials: who calls, and sessions of roles and users."""
