"""What Parameter Store decides about names, values, filters: pure functions, no I/O, no clock."""
