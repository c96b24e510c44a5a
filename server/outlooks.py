"""What the server believes of the waits in its halls: kept in memory, forgotten when it is old."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from kiosk.domain.wait import QueueOutlook, Wait

STALE_S: Final = 60.0
"""What was found longer ago is not said any more."""


@dataclass(frozen=True, slots=True)
class SiteOutlook:
    """`line`: (ticket, position) -> for who waits already. `made_at`: monotonic seconds."""

    queues: Mapping[str, QueueOutlook] = field(default_factory=dict)
    line: Mapping[tuple[str, int], Wait] = field(default_factory=dict)
    made_at: float = float("-inf")


class Outlooks:
    """Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sites: dict[str, SiteOutlook] = {}

    def put(self, site_id: str, outlook: SiteOutlook) -> None:
        with self._lock:
            self._sites[site_id] = outlook

    def of_site(self, site_id: str) -> SiteOutlook:
        """Empty where nothing is known, or nothing new enough."""
        with self._lock:
            outlook = self._sites.get(site_id, SiteOutlook())
        return outlook if time.monotonic() - outlook.made_at < STALE_S else SiteOutlook()

    def of_queue(self, site_id: str, code: str) -> QueueOutlook | None:
        return self.of_site(site_id).queues.get(code)

    def ranges(self, site_id: str) -> Mapping[str, tuple[int | None, int | None]]:
        """Queue -> seconds that an ordinary newcomer waits, from and to: as server/desk_queues.py takes them."""
        return {
            code: (None, None) if one.ordinary is None else (one.ordinary.low_s, one.ordinary.high_s)
            for code, one in self.of_site(site_id).queues.items()
        }
