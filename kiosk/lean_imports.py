"""Libraries brought in without the parts that a kiosk never uses and would wait for at every start."""

import gc
import importlib
import os
import sys
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, Final

_LIVE_OBJECTS_MORE: Final = 200_000
"""A start makes fewer. None of what it makes is garbage, and Python would look through all of it again and again."""
_PLUGIN_LOADER: Final = "pydantic.plugin._loader"
_USUAL: Final = gc.get_threshold()


def import_structlog_alone() -> None:
    """Without rich, which structlog loads where it finds it, for coloured tracebacks that no kiosk prints; and with
    asyncio only for whoever logs from a coroutine. A None in `sys.modules` is Python's own way to say that a module is
    not there; afterwards all are there again.
    """
    if {"structlog", *_NOT_FOR_LOGGING} & sys.modules.keys():
        return
    sys.modules.update(_NOT_FOR_LOGGING)
    try:
        importlib.import_module("structlog")
    finally:
        for name in _NOT_FOR_LOGGING:
            del sys.modules[name]


class _OnCall(ModuleType):
    """Stands for a module of functions while another one is imported that only calls them, later."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return partial(self._call, name)

    def _call(self, name: str, *arguments: Any, **named: Any) -> Any:
        return getattr(importlib.import_module(self.__name__), name)(*arguments, **named)


_NOT_FOR_LOGGING: Final[dict[str, Any]] = {"rich": None, "greenlet": None, "asyncio": _OnCall("asyncio")}


def leave_out_plugins() -> None:
    """Without it pydantic looks through every installed package for plugins: slow, and they have no business here. What
    looks for them brings much along even where it is told not to look, so that another module stands in its place.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    none = ModuleType(_PLUGIN_LOADER)
    none.get_plugins = tuple  # type: ignore[attr-defined]
    sys.modules.setdefault(_PLUGIN_LOADER, none)


def put_off_collecting() -> None:
    """While a program starts; `collect_again` when its first screen is there."""
    gc.set_threshold(_LIVE_OBJECTS_MORE)


def collect_again() -> None:
    """As Python does by itself, without a look at what the start has made: that stays as long as the program. Nothing
    where nobody put it off.
    """
    if gc.get_threshold()[0] == _LIVE_OBJECTS_MORE:
        gc.freeze()
        gc.set_threshold(*_USUAL)
