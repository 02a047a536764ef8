"""The ways in which a customer's visits can be spread over the coming weeks."""
