"""The compiled core: one worker's day or a team's, as arrays, searched by ruin and recreate in machine code."""
