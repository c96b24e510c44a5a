"""What the hall offers: agencies, their services, and the life events that bundle them.

The published components of a service standard are those of UU 25/2009 art. 21 and PermenPANRB 15/2014:
requirements, procedure, finishing time, fee, product, complaints (research/domain.md, 2.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from kiosk.domain.language import Text


class Presence(StrEnum):
    """Whether a source places the agency in this hall."""

    CONFIRMED = "confirmed"
    TYPICAL = "typical"


class Evidence(StrEnum):
    """What shows that the service is offered: a source about this hall, or only the agency's own range."""

    HALL = "mpp-jakarta"
    AGENCY = "agency"


class FeeKind(StrEnum):
    FREE = "free"
    FIXED = "fixed"
    VARIES = "varies"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee. `amount_idr` is rupiah, set only for FIXED. `note_en` says what is paid apart, if anything; the
    source words it in English only, so it is shown to readers of English and invented for nobody else.
    """

    kind: FeeKind
    amount_idr: int | None = None
    note_en: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """What a visitor comes for. `number` (1..65535) is stable for ever: it stands for the service in the QR token.

    A component that the agency has not published is None: screens say so, nothing is invented.
    """

    id: str
    number: int
    agency_id: str
    name: Text
    requirements: tuple[Text, ...]
    fee: Fee
    finishing_time: Text | None
    procedure: tuple[Text, ...] | None
    product: Text | None
    legal_basis: str | None
    service_class: str
    planning_minutes: int
    counter_minutes: int | None
    online_first: bool
    evidence: Evidence
    keywords: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agency:
    id: str
    name: Text
    short: str
    kind: str
    floor: int | None
    presence: Presence
    note: str | None
    sources: tuple[str, ...]
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """A situation in a person's life and the services it usually needs, in a sensible order."""

    id: str
    name: Text
    service_ids: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """One version of everything offered. `version` is the hex SHA-256 of the bytes it was read from."""

    version: str
    agencies: tuple[Agency, ...]
    life_events: tuple[LifeEvent, ...]

    @cached_property
    def services(self) -> Mapping[str, Service]:
        return {service.id: service for agency in self.agencies for service in agency.services}

    @cached_property
    def services_by_number(self) -> Mapping[int, Service]:
        return {service.number: service for service in self.services.values()}

    @cached_property
    def agencies_by_id(self) -> Mapping[str, Agency]:
        return {agency.id: agency for agency in self.agencies}

    @cached_property
    def life_events_by_id(self) -> Mapping[str, LifeEvent]:
        return {event.id: event for event in self.life_events}

    def agency_of(self, service: Service) -> Agency:
        return self.agencies_by_id[service.agency_id]
