"""Bringing the log upstream: messages, client, engine."""
