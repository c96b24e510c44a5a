"""What services, queues and places are called, as far as this desk has been told."""

from dataclasses import dataclass

from kiosk.domain.catalogue import Catalogue, Service
from kiosk.domain.language import Language, Text
from kiosk.domain.site import Queue, Site
from kiosk.sync.desk_wire import Place


@dataclass(frozen=True, slots=True)
class Names:
    """A desk that has neither catalogue nor hall yet shows codes and ids: it can serve all the same."""

    language: Language
    site: Site | None
    catalogue: Catalogue | None

    def service(self, service_id: str) -> str:
        found = self._service(service_id)
        return service_id if found is None else found.name.in_language(self.language)

    def agency(self, service_id: str) -> str:
        found = self._service(service_id)
        return "" if found is None or self.catalogue is None else self.catalogue.agency_of(found).short

    def requirements(self, service_id: str) -> tuple[str, ...]:
        found = self._service(service_id)
        return () if found is None else tuple(each.in_language(self.language) for each in found.requirements)

    def queue(self, code: str) -> str:
        found = self._queue(code)
        return code if found is None else f"{code} · {found.name.in_language(self.language)}"

    def place(self, floor: int | None, zone: str) -> str:
        """`zone`: its id, as the server says it."""
        return ", ".join(part for part in (self._zone(zone), self._floor(floor)) if part)

    def counter_at(self, place: Place) -> str:
        """`Loket 3, lantai 2, Zona 2A`: as an officer says it."""
        counter = Text(f"Loket {place.counter}", f"Counter {place.counter}").in_language(self.language)
        return ", ".join(part for part in (counter, self._floor(place.floor), self._zone(place.zone)) if part)

    def counters_beside(self, queues: tuple[str, ...]) -> tuple[int, ...]:
        """The counters that serve the same queues, or all where none is known."""
        if self.site is None:
            return ()
        wanted = [queue for queue in self.site.queues if not queues or queue.code in queues]
        return tuple(sorted({counter.number for queue in wanted for counter in queue.counters}))

    def offered(self) -> tuple[tuple[str, str, str], ...]:
        """Service id, name, and agency with its queue: whatever has a queue in this hall."""
        if self.site is None or self.catalogue is None:
            return ()
        return tuple(
            (service_id, self.service(service_id), f"{self.agency(service_id)} · {queue.code}")
            for queue in self.site.queues
            for service_id in sorted(queue.service_ids, key=self.service)
        )

    def _floor(self, floor: int | None) -> str:
        return "" if floor is None else Text(f"lantai {floor}", f"floor {floor}").in_language(self.language)

    def _zone(self, zone: str) -> str:
        found = None if self.site is None else self.site.zone_by_id.get(zone)
        return zone if found is None else found.name.in_language(self.language)

    def _service(self, service_id: str) -> Service | None:
        return None if self.catalogue is None else self.catalogue.services.get(service_id)

    def _queue(self, code: str) -> Queue | None:
        return None if self.site is None else self.site.queue_by_code.get(code)
