"""The officer's window: sign in, scan, call, serve; and the strip that leaves room for the agency's own application."""
