"""Users, groups, roles and policies in storage."""
