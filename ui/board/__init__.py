"""A board of the hall: who is called, seen and heard."""
