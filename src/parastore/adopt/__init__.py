"""The way out of a repository full of secrets: find them, and put references in their places. Pure."""
