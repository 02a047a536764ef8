"""Journey plans: for weeks ahead, on which days each rep is to visit each of the own customers."""
