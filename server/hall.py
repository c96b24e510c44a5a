"""The hall that this server serves, as its desks and boards need it: the site's file and catalogue that are in force.

They are the snapshots that are handed down to the kiosks, so that both speak of the same counters; where nothing was
published, the sample hall that comes with the program, as at a kiosk.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import structlog
from sqlalchemy import Connection

from kiosk.domain.calling_rules import CallingRules
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.site import Site
from kiosk.errors import DataFileError
from kiosk.paths import resource_path
from kiosk.sync.desk_wire import Place
from kiosk.sync.wire import SnapshotKind
from server.judging import CatalogueFiles, SiteFile, shipped_catalogue
from server.snapshots import Edition, at_hand, chosen, contents_of

log = structlog.get_logger(__name__)

SHIPPED_SITE: Final = "assets/sites/mpp-jakarta.json"
_KEPT: Final = 8
"""Old versions are as good as never asked for again."""


@dataclass(frozen=True)
class Hall:
    """`site.id` may be the sample's; what belongs to this hall is stored under the server's own site id."""

    site: Site
    catalogue: Catalogue

    @cached_property
    def place_by_counter(self) -> Mapping[int, Place]:
        return {
            counter.number: Place(
                counter=counter.number, floor=self.site.zone_by_id[counter.zone_id].floor, zone=counter.zone_id
            )
            for queue in self.site.queues
            for counter in queue.counters
        }

    @cached_property
    def rules(self) -> Mapping[str, CallingRules]:
        """Queue -> how it is called."""
        return {queue.code: queue.calling for queue in self.site.queues}

    def queue_code(self, number: int) -> str | None:
        """Which queue a QR token speaks of."""
        return next((queue.code for queue in self.site.queues if queue.number == number), None)

    def place_of(self, counter: int) -> Place:
        """A counter that the site's file does not know stands nowhere."""
        return self.place_by_counter.get(counter, Place(counter=counter))

    def places(self, queue_code: str) -> tuple[Place, ...]:
        """The counters that serve this queue by the site's file, by number."""
        queue = self.site.queue_by_code.get(queue_code)
        numbers = () if queue is None else sorted(counter.number for counter in queue.counters)
        return tuple(self.place_of(number) for number in numbers)

    def queues_of(self, counter: int) -> tuple[str, ...]:
        """The queues that this counter serves by the site's file, by code."""
        return tuple(
            sorted(queue.code for queue in self.site.queues if counter in {each.number for each in queue.counters})
        )


class Halls:
    """Of each site the hall in force, read once for each version. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[Edition | None, Edition | None], Hall] = {}

    def of(self, connection: Connection, site_id: str, own: str) -> Hall:
        """`own`: the device id of this server, whose own site file counts first."""
        editions = chosen(at_hand(connection, site_id), own)
        key = (editions.get(SnapshotKind.CATALOGUE), editions.get(SnapshotKind.SITE))
        with self._lock:
            hall = self._known.get(key)
        if hall is None:
            hall = _read(connection, *key)
            with self._lock:
                if len(self._known) >= _KEPT:
                    self._known.clear()
                self._known[key] = hall
        return hall


def _read(connection: Connection, catalogue_edition: Edition | None, site_edition: Edition | None) -> Hall:
    if catalogue_edition is None:
        catalogue = shipped_catalogue().parse()
    else:
        catalogue = CatalogueFiles.of_bundle("catalogue", contents_of(connection, catalogue_edition)).parse()
    if site_edition is not None:
        try:
            return Hall(SiteFile("site", contents_of(connection, site_edition)).parse(catalogue), catalogue)
        except DataFileError as error:
            detail = str(error)  # a catalogue from upstream that the hall's file does not fit
            log.error("data_file_refused", site=site_edition.site_id, detail=detail)  # noqa: TRY400  # our own words
    return _sample()


@cache
def _sample() -> Hall:
    sample = shipped_catalogue().parse()
    return Hall(SiteFile.read(resource_path(SHIPPED_SITE)).parse(sample), sample)
