"""Shared QML, and the drawing of its icons."""
