"""Who wants to know that an origin's log has grown, at once: the relay."""

from collections.abc import Callable
from threading import Lock

Listener = Callable[[str, str], None]
"""Gets site and origin, after the commit, on the thread of the request. It must not wait, and must not raise."""


class Arrivals:
    """Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._listeners: tuple[Listener, ...] = ()

    def add(self, listener: Listener) -> None:
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def remove(self, listener: Listener) -> None:
        with self._lock:
            self._listeners = tuple(one for one in self._listeners if one != listener)

    def tell(self, site_id: str, origin: str) -> None:
        for listener in self._listeners:
            listener(site_id, origin)
