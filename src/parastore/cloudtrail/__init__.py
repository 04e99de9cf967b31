"""CloudTrail's room: looking up what the audit trail holds."""
