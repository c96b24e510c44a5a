"""How a queue is called: the rules of one queue, from the site's file, each with a sensible default."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class CallingRules:
    """After one visitor with priority come up to `ordinary_per_priority` others. Whoever has waited longer than the
    ceiling of his class comes before the turn. Called `calls` times, a visitor has not come; who then comes back stands
    after `return_after` others.
    """

    ordinary_per_priority: int = 2
    priority_ceiling: timedelta = timedelta(minutes=20)
    ordinary_ceiling: timedelta = timedelta(minutes=60)
    calls: int = 3
    return_after: int = 3
