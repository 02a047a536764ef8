"""Who is visited on which days of the coming weeks: a periodic routing problem, and an answer to it."""
