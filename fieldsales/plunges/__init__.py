"""Whether a customer buys for much less, or much less often, than it did."""
