"""Work that must not run on the UI thread, and its results brought back to it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from kiosk.errors import KioskError

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Delivery:
    on_done: Callable[..., None]
    result: object


class Background(QObject):
    """One thread that does one thing after the other.

    A KioskError is a result like any other; every other exception is a bug and rises on the UI thread.
    """

    _finished = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        # A slot of an object that lives on the UI thread, never a lambda: that would run on the worker.
        self._finished.connect(self._deliver)

    def run(self, work: Callable[[], _Result], on_done: Callable[[_Result | KioskError], None]) -> None:
        """Queue `work`; `on_done` is called on the UI thread with what it returned or the KioskError it raised."""
        self._executor.submit(self._work, work, on_done)

    def stop(self, last: Callable[[], None] | None = None) -> None:
        """Do what is queued, then `last`; what it all came to is not told any more."""
        self._finished.disconnect(self._deliver)
        if last is not None:
            self._executor.submit(last)
        self._executor.shutdown(wait=True)

    def _work(self, work: Callable[[], _Result], on_done: Callable[[_Result | KioskError], None]) -> None:
        result: object
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  # a thread's run-loop: nothing may vanish here
            result = error
        self._finished.emit(_Delivery(on_done, result))

    @Slot(object)
    def _deliver(self, delivery: _Delivery) -> None:
        if isinstance(delivery.result, Exception) and not isinstance(delivery.result, KioskError):
            raise delivery.result
        delivery.on_done(delivery.result)
