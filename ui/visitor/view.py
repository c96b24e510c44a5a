"""Everything that the visitor's window shows at one moment, as one frozen value."""

from dataclasses import dataclass, field

from ui.technician.rows import TechnicianLine
from ui.visitor.rows import (
    AgencyRow,
    AgencyView,
    LifeEventRow,
    LifeEventView,
    ServiceRow,
    ServiceView,
    TicketView,
    YourVisitView,
)


@dataclass(frozen=True, slots=True)
class KioskView:
    """Each field is the QML property of the same name, in camelCase; enums are the numbers of KioskViewModel's.

    A change is told in the order of the fields, `screen` last: a screen that comes finds everything in place.
    `text_scale`: 1.0, 1.3, 1.6 or 2.0. `mm_width`: millimetres of the panel. `problem`: key of a sentence that QML
    words. `clock_text` is empty where the clock is not trusted. Seconds are whole and counted down. `visit_begun`:
    there is something to go back to from the answer to a scan.
    """

    language: str = "id"
    text_scale: float = 1.0
    high_contrast: bool = False
    animations: bool = True
    can_go_back: bool = False
    mm_width: float = 336.0
    site_name: str = ""
    site_short_name: str = ""
    is_demonstration: bool = False
    date_text: str = ""
    clock_text: str = ""
    part_of_day: int = 0
    query: str = ""
    search_results: tuple[ServiceRow, ...] = ()
    popular_services: tuple[ServiceRow, ...] = ()
    home_agencies: tuple[AgencyRow, ...] = ()
    agencies: tuple[AgencyRow, ...] = ()
    agency_count: int = 0
    home_life_events: tuple[LifeEventRow, ...] = ()
    life_events: tuple[LifeEventRow, ...] = ()
    life_event_count: int = 0
    agency: AgencyView = field(default_factory=AgencyView)
    agency_services: tuple[ServiceRow, ...] = ()
    life_event: LifeEventView = field(default_factory=LifeEventView)
    life_event_services: tuple[ServiceRow, ...] = ()
    service: ServiceView = field(default_factory=ServiceView)
    visit: tuple[ServiceRow, ...] = ()
    visit_count: int = 0
    visit_is_full: bool = False
    ticket: TicketView = field(default_factory=TicketView)
    your_visit: YourVisitView = field(default_factory=YourVisitView)
    visit_begun: bool = False
    has_scanner: bool = False
    print_outcome: int = 0
    can_reprint: bool = False
    ticket_seconds_left: int = 0
    ticket_seconds_total: int = 0
    printer_trouble: int = 0
    staff_told: bool = False
    after_repair: bool = False
    before_restart: bool = False
    idle_warning: bool = False
    idle_seconds_left: int = 0
    closed_reason: int = 0
    closed_text: str = ""
    reopens_text: str = ""
    busy: bool = False
    problem: str = ""
    technician_rows: tuple[TechnicianLine, ...] = ()
    screen: int = 0
