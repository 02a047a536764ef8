"""Whether a customer will stay away."""
