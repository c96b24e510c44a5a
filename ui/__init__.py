"""PySide6. Shows state, forwards intent, decides nothing."""
