"""What the machine says of itself: one named value in a group."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TechnicianRow:
    """`level` is `ok`, `warning` or `error`."""

    name: str
    group: str
    value: str
    level: str = "ok"
