"""The hall as the screens know it: site and catalogue in force, and what follows from them once and for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.domain.catalogue import Agency, Catalogue, LifeEvent, Service
from kiosk.domain.language import Text
from kiosk.domain.site import Site
from ui.visitor.monograms import monograms

FRONT_PAGE: Final = 6
"""Agencies, life events and services on the home screen."""


@dataclass(frozen=True, slots=True)
class Hall:
    """`agencies`: those that visitors may see, in the catalogue's order; the rest follows from it.

    `home_agencies` and `home_life_events` put first what the site calls popular.
    """

    site: Site
    catalogue: Catalogue
    agencies: tuple[Agency, ...]
    life_events: tuple[LifeEvent, ...]
    popular: tuple[Service, ...]
    home_agencies: tuple[Agency, ...]
    home_life_events: tuple[LifeEvent, ...]
    monograms: Mapping[str, str]

    def services_of(self, event: LifeEvent) -> tuple[Service, ...]:
        """Those of the event's services that have a queue here, in the event's order."""
        services = (self.catalogue.services[service_id] for service_id in event.service_ids)
        return tuple(service for service in services if self.is_offered(service))

    def is_offered(self, service: Service) -> bool:
        return service.id in self.site.queue_by_service and service.agency_id in {a.id for a in self.agencies}


def make_hall(site: Site, catalogue: Catalogue, agencies: Sequence[Agency]) -> Hall:
    shown = {agency.id for agency in agencies}
    offered = {service.id for agency in agencies for service in agency.services if service.id in site.queue_by_service}
    popular = tuple(catalogue.services[service_id] for service_id in site.popular if service_id in offered)
    wanted = {service.id for service in popular}
    life_events = tuple(event for event in catalogue.life_events if offered.intersection(event.service_ids))
    popular_agencies = [catalogue.agency_of(service) for service in popular]
    return Hall(
        site=site,
        catalogue=catalogue,
        agencies=tuple(agencies),
        life_events=life_events,
        popular=popular[:FRONT_PAGE],
        home_agencies=tuple({agency.id: agency for agency in (*popular_agencies, *agencies)}.values())[:FRONT_PAGE],
        home_life_events=tuple(sorted(life_events, key=lambda event: wanted.isdisjoint(event.service_ids)))[
            :FRONT_PAGE
        ],
        monograms=monograms(agency for agency in catalogue.agencies if agency.id in shown),
    )


def nameless_hall() -> Hall:
    """What an out-of-service kiosk shows when no data could be read."""
    name = Text("Mal Pelayanan Publik", "Public Service Mall")
    site = Site(
        id="",
        number=1,
        name=name,
        short_name=name,
        address="",
        timezone=ZoneInfo("Asia/Jakarta"),
        floors=(),
        zones=(),
        queues=(),
        hours=((),) * 7,
        exceptions=(),
        friday_break=None,
        procedure=(),
        complaint_channels=(),
        after={},
        public_url=None,
        is_demonstration=False,
    )
    return make_hall(site, Catalogue(version="", agencies=(), life_events=()), ())
