"""The console of supervisors and managers: static files that ask nothing but the public API."""
