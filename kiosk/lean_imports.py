"""Libraries brought in without the parts that a kiosk never uses and would wait for at every start."""

import importlib
import os
import sys


def import_structlog_without_rich() -> None:
    """Where structlog finds rich it loads it, for coloured tracebacks that no kiosk prints: 0.1 s of each start.

    A None in `sys.modules` is Python's own way to say that a module is not there; afterwards rich is there again.
    """
    if "structlog" in sys.modules or "rich" in sys.modules:
        return
    sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        importlib.import_module("structlog")
    finally:
        del sys.modules["rich"]


def leave_out_plugins() -> None:
    """Without it pydantic looks through every installed package for plugins: slow, and they have no business here."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
