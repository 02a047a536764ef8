"""The law by which orders come again: gaps, rates, and the chance of a silence."""
