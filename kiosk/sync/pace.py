"""How often and how long: everything of the way upstream that is measured in seconds."""

from dataclasses import dataclass, field

from kiosk.sync.client import Deadlines


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `hello_every_s`: how often both sides compare notes while nothing is written. `first_missed_s` and
    `longest_missed_s`: the rest after a heartbeat that nobody answered. `..._within_s`: totals, session and all.
    """

    hello_every_s: float = 15.0
    first_backoff_s: float = 1.0
    longest_backoff_s: float = 60.0
    heartbeat_every_s: float = 2.0
    heartbeat_within_s: float = 2.0
    first_missed_s: float = 1.0
    longest_missed_s: float = 5.0
    number_within_s: float = 0.4
    """design.md, section 6: what a visitor waits for at most, and only once."""
    visit_within_s: float = 0.8
    """What who holds a slip before the scanner waits for at most; one of the two tries has half of it."""
    housekeeping_every_s: float = 6 * 3600.0
    deadlines: Deadlines = field(default_factory=Deadlines)
