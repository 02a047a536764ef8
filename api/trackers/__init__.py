"""Other apps that tell where a rep is: their keys, and what they send."""
