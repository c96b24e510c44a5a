"""Libraries brought in without the parts that a kiosk never uses and would wait for at every start."""

import gc
import importlib
import os
import sys
from typing import Final

_LIVE_OBJECTS_MORE: Final = 200_000
"""A start makes fewer. None of what it makes is garbage, and Python would look through all of it again and again."""
_USUAL: Final = gc.get_threshold()


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


def put_off_collecting() -> None:
    """While a program starts: a quarter of a second less. `collect_again` when its first screen is there."""
    gc.set_threshold(_LIVE_OBJECTS_MORE)


def collect_again() -> None:
    """As Python does by itself, without a look at what the start has made: that stays as long as the program. Nothing
    where nobody put it off.
    """
    if gc.get_threshold()[0] == _LIVE_OBJECTS_MORE:
        gc.freeze()
        gc.set_threshold(*_USUAL)
