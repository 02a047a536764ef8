"""What a map of the field is drawn on."""
