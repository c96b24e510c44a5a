"""The decorators that make a class known to QML, with types that mypy accepts.

`pyside6-metaobjectdump` reads them by these very names, and needs every Property, Signal, Slot and enum spelled out
in the class body: what it cannot parse, qmllint cannot check (research/anchors.md, 3.2).
"""

from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtQml import QmlElement
from PySide6.QtQml import QmlUncreatable as _QmlUncreatable

if TYPE_CHECKING:
    from collections.abc import Callable

_Class = TypeVar("_Class", bound=type)

QmlUncreatable = cast("Callable[[str], Callable[[_Class], _Class]]", _QmlUncreatable)
"""QML may name the type and read it, never make one."""

__all__ = ["QmlElement", "QmlUncreatable"]
