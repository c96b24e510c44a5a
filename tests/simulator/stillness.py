"""asyncio in a world in which nothing takes time: coroutines are run by hand, and what would wait is done already."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Any, TypeVar
from unittest.mock import patch

T = TypeVar("T")


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs what never waits. Raises RuntimeError if it waits all the same."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        answer: T = end.value
        return answer
    coroutine.close()
    raise RuntimeError("a coroutine waited for something in a world in which nothing takes time")


@contextmanager
def still() -> Iterator[None]:
    """Meanwhile deadlines never pass, and what was handed to a loop or a thread has been done at once."""
    with ExitStack() as patches:
        patches.enter_context(patch.object(asyncio, "timeout", _timeout))
        patches.enter_context(patch.object(asyncio, "wrap_future", _Done))
        patches.enter_context(patch.object(asyncio, "run_coroutine_threadsafe", _run))
        patches.enter_context(patch.object(asyncio, "to_thread", _on_this_thread))
        yield


class _Done:
    """Awaiting it never suspends."""

    def __init__(self, future: "Future[Any]") -> None:
        self._future = future

    def __await__(self) -> Generator[None, None, Any]:
        yield from ()
        return self._future.result()


@asynccontextmanager
async def _timeout(_seconds: float | None) -> AsyncIterator[None]:
    yield


async def _on_this_thread(function: Callable[..., T], *arguments: Any) -> T:
    return function(*arguments)


def _run(coroutine: Coroutine[Any, Any, T], _loop: object) -> "Future[T]":
    future: Future[T] = Future()
    try:
        future.set_result(at_once(coroutine))
    except Exception as error:  # noqa: BLE001  # it belongs to whoever asks for the result
        future.set_exception(error)
    return future
