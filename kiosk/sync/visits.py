"""A visitor's slip, asked about at the site server: answered while the visitor stands there, or not at all."""

import asyncio
import secrets
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Final

import structlog

from kiosk.errors import OfflineError, SyncError
from kiosk.sync.breaker import Breaker
from kiosk.sync.client import SyncClient
from kiosk.sync.visit_wire import VISIT_PATH, Look, VisitSeen

if TYPE_CHECKING:
    from concurrent.futures import Future

log = structlog.get_logger(__name__)

_TOO_LATE: Final = "The server did not answer in time."


class VisitQuestions:
    """`ask` may be called from any thread but the loop's; it answers None until `attach`. `within_s`: in all."""

    def __init__(self, breaker: Breaker, within_s: float) -> None:
        self._breaker = breaker
        self._within_s = within_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: SyncClient | None = None
        self._turn = asyncio.Lock()

    def attach(self, client: SyncClient) -> None:
        """From now on ask by this client, on the loop that runs. It is used for nothing else: who holds a slip before
        the scanner must not hold up who takes a number.
        """
        self._client = client
        self._loop = asyncio.get_running_loop()

    def ask(self, text: str) -> VisitSeen | None:
        """`text`: as the scanner typed it, of at most desk_wire.MOST_SCANNED characters. None: nobody has answered.

        Nobody is asked while the server is known to be away: then a visitor would wait for nothing.
        """
        if self._client is None or self._loop is None or not self._breaker.is_closed:
            return None
        asking = self._ask(self._client, Look(action=secrets.token_hex(8), text=text))
        try:
            answer = asyncio.run_coroutine_threadsafe(asking, self._loop)
        except RuntimeError:  # it is closed: the engine was stopped
            asking.close()
            return None
        return self._result(answer)

    async def _ask(self, client: SyncClient, question: Look) -> VisitSeen:
        """Again where the line broke: it may have rested since the server was restarted. The same action is done once,
        should only the answer have been lost.
        """
        async with self._turn:
            try:
                return await client.ask(VISIT_PATH, question, VisitSeen)
            except OfflineError:
                return await client.ask(VISIT_PATH, question, VisitSeen)

    def _result(self, answer: "Future[VisitSeen]") -> VisitSeen | None:
        try:
            return answer.result(self._within_s)
        except SyncError as error:
            log.info("visit_told_from_paper", reason=str(error))
        except (TimeoutError, CancelledError):
            log.info("visit_told_from_paper", reason=_TOO_LATE)
        except Exception:
            log.exception("sync_failed")
        finally:
            answer.cancel()
        return None
