"""What officers were told at their counters. The truth about it lies outside of all simulated disks."""

from dataclasses import dataclass, field
from datetime import datetime

from kiosk.sync.desk_wire import DeskVerb
from tests.simulator.promises import Key


@dataclass(frozen=True, slots=True)
class Done:
    """A deed that an officer was told to be done. `at`: by the true time. `keys`: where it was written. `is_alone`:
    the desk did it by itself.
    """

    action: str
    verb: DeskVerb
    desk: str
    at: datetime
    keys: frozenset[Key]
    is_alone: bool


@dataclass
class CounterBook:
    """`faults`: what was seen to be wrong the moment it happened."""

    done: dict[str, Done] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    """Ticket -> the QR code of its slip."""
