"""Everything that a site server says to central over one connection: heartbeat, greeting, and the files it fetches."""

import shutil

from kiosk.enrolment import Enrolment
from kiosk.sync.client import SyncClient
from kiosk.sync.reply import NotKnownThereError
from kiosk.sync.wire import Health, Heartbeat, HeartbeatAnswer
from kiosk.version import VERSION
from server.from_upstream import FromUpstream
from server.node import Node
from server.relay import Relay
from server.settings import Role

_LONGEST_DETAIL = 400


class CentralContact:
    """Belongs to one event loop."""

    def __init__(self, node: Node, client: SyncClient, relay: Relay, enrolment: Enrolment) -> None:
        self.relay = relay
        self._node = node
        self._client = client
        self._enrolment = enrolment
        self._from_upstream = FromUpstream(node, relay.site_id)
        self._greeted_in: str | None = None

    @property
    def is_stranger(self) -> bool:
        """Whether central opened another session since it was greeted: it was restarted, perhaps on an older copy."""
        return self._greeted_in is None or self._client.session != self._greeted_in

    async def greet(self) -> None:
        """Raises SyncError."""
        await self.relay.greet()
        self._greeted_in = self._client.session

    async def beat(self) -> None:
        """Raises SyncError. An older central that knows no heartbeat is greeted all the same."""
        node = self._node
        answer = await self._ask(
            Heartbeat(
                origin=node.identity.device_id,
                server_epoch=node.fences.highest(self.relay.site_id, Role.CENTRAL) or None,
                site_epoch=node.epoch,
                health=self._health(),
            )
        )
        self.relay.wake(node.identity.device_id)  # a command line beside this server may have written
        if answer is not None:
            await self._from_upstream.take(self._client, answer.snapshots, self._enrolment.keys)

    async def _ask(self, message: Heartbeat) -> HeartbeatAnswer | None:
        try:
            return await self._client.heartbeat(message)
        except NotKnownThereError:
            return None

    def _health(self) -> Health:
        trouble = self.relay.trouble[:_LONGEST_DETAIL]
        backlog = self.relay.backlog
        return Health(
            program=VERSION,
            at=self._node.clock.now(),
            clock_trusted=self._node.trusted_clock.read().is_trusted,
            backlog=backlog,
            oldest_unsent=self.relay.oldest_unsent() if backlog else None,
            alarms=1 if trouble else 0,
            disk_free_bytes=self._disk_free(),
            details=(trouble,) if trouble else (),
        )

    def _disk_free(self) -> int | None:
        try:
            return None if self._node.data_dir is None else shutil.disk_usage(self._node.data_dir).free
        except OSError:
            return None
