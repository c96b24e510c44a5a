"""The shipped hall, and how it stands at some moment of a busy morning, for a counter without a server."""

from datetime import datetime
from functools import cache

from kiosk.catalogue_file import load_catalogue
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.site import Site
from kiosk.paths import resource_path
from kiosk.site_file import load_site
from kiosk.sync.desk_wire import CounterState, CounterView, HallView, QueueView


@cache
def shipped_hall() -> tuple[Site, Catalogue]:
    folder = resource_path("assets")
    catalogue = load_catalogue(folder / "catalogue/mpp-jakarta.json", folder / "catalogue/service-numbers.json")
    return load_site(folder / "sites/mpp-jakarta.json", catalogue), catalogue


def whole_hall(site: Site, own: CounterView, now: datetime) -> HallView:
    """Counter 17 calls for help, an officer is locked out, one queue is closed, some waits are unknown."""
    queues = [
        QueueView(
            queue=queue.code, waiting=(place * 7) % 13, serving=place % 3, counters_open=1 + place % 4,
            is_closed=place == 5, wait_low_s=None if place % 6 == 4 else 300 + 60 * place,
            wait_high_s=None if place % 6 == 4 else 900 + 90 * place, longest_wait_s=(place * 431) % 2400,
            served=place * 3, promises=place * 3, promises_kept=place * 2,
        )
        for place, queue in enumerate(site.queues)
    ]  # fmt: skip
    return HallView(
        server_time=now, service_day=now.date(), counters=(own, *map(_other_counter, range(10, 30))),
        queues=tuple(queues), locked_staff=("P-031",), conflicts=1, offline_tickets=3,
    )  # fmt: skip


def _other_counter(number: int) -> CounterView:
    state = (CounterState.OPEN, CounterState.OPEN, CounterState.PAUSED, CounterState.CLOSED)[number % 4]
    officer = None if state is CounterState.CLOSED else f"P-{number:03d}"
    return CounterView(
        counter=number, state=state, queues=("NK",), officer=officer, floor=2, zone="2A", has_alarm=number == 17
    )
