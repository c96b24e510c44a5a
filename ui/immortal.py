"""Keeps Python 3.11 alive under PySide6 6.12, which is built for the immortal singletons of Python 3.12.

Its wheels run on 3.11 too, but every None, True and False that a Qt call returns takes one reference too many, and
after a few thousand calls the interpreter aborts with "deallocating None". Measured on 6.12.0: -1 for each
`setObjectName`, `parent()`, `processEvents()`. So the singletons get what 3.12 gives them: a count that never ends.
"""

import ctypes
import sys
from typing import Final

_FOR_EVER: Final = 1 << 60
_SINGLETONS: Final = (None, True, False, NotImplemented, Ellipsis)


def make_singletons_immortal() -> None:
    """Costs nothing, may be called again, and does nothing where Python does it by itself."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    for singleton in _SINGLETONS:
        # The reference count is the first field of every object.
        ctypes.c_ssize_t.from_address(id(singleton)).value = _FOR_EVER
