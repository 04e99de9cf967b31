"""The audit trail: one CloudTrail record for each call, in chains of records that cannot be altered unnoticed."""
