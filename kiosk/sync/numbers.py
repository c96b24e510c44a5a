"""The shared series: every ticket asks the site server for its number, and waits no longer than a person notices."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from contextlib import suppress
from datetime import date
from typing import Any, Final

import structlog

from kiosk.domain.numbering import ReservedNumber
from kiosk.domain.ticket import TicketId
from kiosk.errors import SyncError
from kiosk.sync.breaker import Breaker
from kiosk.sync.client import SyncClient
from kiosk.sync.fence import EpochFence
from kiosk.sync.reply import NotKnownThereError
from kiosk.sync.wire import Reserve, Reserved

log = structlog.get_logger(__name__)

_TOO_LATE: Final = "The server did not reserve a number in time."


class SharedNumbers:
    """A NumberSource. `reserve` may be called from any thread but the loop's; it answers None until `attach`.

    `fence` and `client` are the loop's; the client is used for nothing else, so that a batch that is on its way does
    not hold up a visitor.
    """

    def __init__(self, breaker: Breaker, fence: EpochFence, within_s: float) -> None:
        self._breaker = breaker
        self._fence = fence
        self._within_s = within_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: SyncClient | None = None
        self._turn = asyncio.Lock()

    def attach(self, client: SyncClient) -> None:
        """From now on ask by this client, on the loop that runs."""
        self._client = client
        self._loop = asyncio.get_running_loop()

    async def warm_up(self) -> None:
        """Open the session before the first visitor comes; where that fails, the visitor's own try says it."""
        if self._client is not None:
            async with self._turn:
                with suppress(SyncError):
                    await self._client.open_session()

    def reserve(
        self, ticket_id: TicketId, queue_code: str, service_day: date | None, given: int
    ) -> ReservedNumber | None:
        if self._client is None or self._loop is None or not self._breaker.is_closed:
            return None
        question = Reserve(
            ticket=ticket_id, queue=queue_code, service_day=service_day, given=given, server_epoch=self._fence.newest
        )
        answer = self._answer(self._ask(self._client, question), self._loop)
        return None if answer is None else ReservedNumber(answer.queue, answer.number, answer.service_day)

    async def _ask(self, client: SyncClient, question: Reserve) -> Reserved:
        async with self._turn:
            answer = await client.reserve(question)
        if (answer.ticket, answer.queue) != (question.ticket, question.queue):
            raise SyncError("The server reserved a number for another ticket than it was asked for: update it.")
        return answer

    def _answer(self, asking: Coroutine[Any, Any, Reserved], loop: asyncio.AbstractEventLoop) -> Reserved | None:
        """What it comes to within the time there is; None for anything else, whatever it is."""
        try:
            answer = asyncio.run_coroutine_threadsafe(asking, loop)
        except RuntimeError:  # it is closed: the engine was stopped
            asking.close()
            return None
        try:
            return answer.result(self._within_s)
        except NotKnownThereError as error:
            self._breaker.give_up(str(error))
        except SyncError as error:
            self._breaker.open(str(error))
        except (TimeoutError, CancelledError):
            self._breaker.open(_TOO_LATE)
        except Exception:
            self._breaker.open("A bug of ours: see the log.")
            log.exception("sync_failed")
        finally:
            answer.cancel()
        return None
