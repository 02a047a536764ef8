"""How good a day can be at all: bounds by label setting, up to a proof that an order is the best."""
