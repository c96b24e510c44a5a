"""The visitor's window."""
