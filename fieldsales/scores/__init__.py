"""Scoring the buying of customers from a file alone."""
