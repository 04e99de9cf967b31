"""What happened, told to others: EventBridge-shaped events, kept in an outbox with the change they tell of."""
