"""Ways to move bytes to a printer and its answers back; one file a way."""
