"""Our routes beside VROOM's and PyVRP's, family by family."""
