"""What was arranged with a customer about visits: how often, on which weekdays, between which hours."""
