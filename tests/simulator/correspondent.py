"""Whoever keeps a log of its own and tells it to the site server: what kiosks and desks have in common."""

from dataclasses import dataclass, field
from typing import Any

from kiosk.errors import KioskError
from kiosk.identity import Identity
from kiosk.sync.conversation import Conversation
from kiosk.sync.engine import SyncEngine
from tests.simulator.disks import KioskDisk
from tests.simulator.network import Line, SimulatedClient
from tests.simulator.power import Machine
from tests.simulator.stillness import at_once


@dataclass
class Correspondence:
    """What one life of the program has in memory of it."""

    store: Any
    engine: SyncEngine
    conversation: Conversation
    for_heart: SimulatedClient
    is_greeted: bool = field(default=False, kw_only=True)


class Correspondent(Machine):
    """`process`: None while it is off."""

    identity: Identity
    disk: KioskDisk
    line: Line
    process: Correspondence | None

    @property
    def is_up(self) -> bool:
        return self.process is not None

    def die(self) -> None:
        self.process = None

    def greet_again(self) -> None:
        if self.process is not None:
            self.process.is_greeted = False

    def do_chores(self) -> None:
        """What the store does by itself once a minute. Raises StoreError."""
        assert self.process is not None
        self.process.store.call(self.process.store._remember_time)

    def beat(self) -> None:
        """One heartbeat. It opens and closes the way to shared numbers, and may ask for a hello."""
        assert self.process is not None
        at_once(self.process.engine._heart.beat_once(self.process.for_heart))

    def sync(self, batches: int) -> bool:
        """As kiosk/sync/engine.py does: hello, then batches until nothing is left. True where nothing is left.

        Raises KioskError.
        """
        process = self.process
        assert process is not None
        try:
            if not process.is_greeted or process.engine._greeting.is_set():
                process.engine._greeting.clear()
                at_once(process.conversation.hello())
                process.is_greeted = True
            return not any(not at_once(process.conversation.push()) for _ in range(batches))
        except KioskError:
            process.is_greeted = False
            raise
