"""Site and central server: keeps the exact bytes of every log, and what they add up to."""
