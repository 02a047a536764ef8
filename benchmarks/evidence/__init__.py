"""How many faked visits the score finds, how many honest ones it doubts: `python -m benchmarks.evidence`."""
