"""How soon the console's pages of a large team are usable in a real browser: `python -m benchmarks.console`."""
