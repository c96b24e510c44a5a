"""One server at work: its role, its database, its open sessions, its clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.clock import Clock, SystemClock
from server.database import Database, open_database
from server.sessions import Sessions
from server.settings import Role, ServerSettings


@dataclass(frozen=True)
class Node:
    role: Role
    database: Database
    epoch: int
    clock: Clock
    sessions: Sessions = field(default_factory=Sessions)

    def central(self, held: Mapping[str, int]) -> Mapping[str, int]:
        """Of what is `held` here, what is durable at central: all of it there, nothing known of it at a site."""
        return held if self.role is Role.CENTRAL else {}

    def close(self) -> None:
        self.database.close()


def open_node(settings: ServerSettings, clock: Clock | None = None) -> Node:
    """Raises StoreError."""
    clock = clock or SystemClock()
    database = open_database(settings, clock)
    return Node(settings.role, database, database.epoch(), clock)
