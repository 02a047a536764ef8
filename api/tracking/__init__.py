"""A rep and being tracked: consent, what is kept, who looked, export and erasure."""
