"""A team's day: who visits whom, and when."""
