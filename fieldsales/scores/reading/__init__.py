"""What is kept of a file of orders while it is read."""
