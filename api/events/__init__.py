"""What happens in the field, told while it happens."""
