"""The `parastore` command."""
