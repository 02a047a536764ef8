"""Whether a shop's door is open while the reps who serve it work."""
