"""What one line of a list, or one opened thing, shows: frozen values in the visitor's language.

Their fields, in camelCase, are the roles and properties that QML reads.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """`waiting_count` -1: not known. `wait_text`: how long, empty where the hall says nothing."""

    service_id: str
    name: str = ""
    agency_name: str = ""
    monogram: str = ""
    tile_color: str = ""
    floor_text: str = ""
    waiting_count: int = -1
    is_open: bool = True
    closed_text: str = ""
    fee_text: str = ""
    selected: bool = False
    online_first: bool = False
    is_unconfirmed: bool = False
    wait_text: str = ""


@dataclass(frozen=True, slots=True)
class AgencyRow:
    agency_id: str
    name: str = ""
    full_name: str = ""
    monogram: str = ""
    tile_color: str = ""
    service_count: int = 0
    waiting_count: int = -1
    is_open: bool = True
    floor_text: str = ""


@dataclass(frozen=True, slots=True)
class LifeEventRow:
    """`icon`: a file name in assets/icons, without its suffix."""

    life_event_id: str
    name: str = ""
    service_count: int = 0
    icon: str = ""


@dataclass(frozen=True, slots=True)
class TicketStopRow:
    """`people_ahead` -1: not known. `after_text`: the agencies to visit before this one, empty if none."""

    position: int
    agency_name: str = ""
    service_name: str = ""
    monogram: str = ""
    tile_color: str = ""
    floor_text: str = ""
    counter_text: str = ""
    people_ahead: int = -1
    after_text: str = ""
    wait_text: str = ""


@dataclass(frozen=True, slots=True)
class YourStopRow:
    """One service of the visit whose slip is before the scanner. `tone`: a number of KioskViewModel.Tone; `symbol`: a
    file name in assets/icons, without its suffix. `place_text`: where it will be, empty once it is said or over.
    """

    number: int
    agency_name: str = ""
    service_name: str = ""
    monogram: str = ""
    tile_color: str = ""
    state_text: str = ""
    wait_text: str = ""
    place_text: str = ""
    tone: int = 0
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class AgencyView:
    agency_id: str = ""
    name: str = ""
    full_name: str = ""
    monogram: str = ""
    tile_color: str = ""
    floor_text: str = ""
    counter_text: str = ""
    hours_text: str = ""
    is_unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class LifeEventView:
    life_event_id: str = ""
    name: str = ""
    icon: str = ""
    selected_count: int = 0


@dataclass(frozen=True, slots=True)
class ServiceView:
    """The six published components of the service standard and what the visitor needs to get there.

    An empty `finishing_text` or `product_text`: the agency has published none, and the screen says so.
    """

    service_id: str = ""
    name: str = ""
    agency_name: str = ""
    agency_full_name: str = ""
    monogram: str = ""
    tile_color: str = ""
    floor_text: str = ""
    counter_text: str = ""
    waiting_count: int = -1
    wait_text: str = ""
    fee_text: str = ""
    fee_note: str = ""
    finishing_text: str = ""
    product_text: str = ""
    requirements: tuple[str, ...] = ()
    procedure: tuple[str, ...] = ()
    procedure_is_halls: bool = False
    legal_basis: str = ""
    complaints: tuple[str, ...] = ()
    is_open: bool = True
    closed_reason: int = 0
    closed_text: str = ""
    reopens_text: str = ""
    online_first: bool = False
    is_unconfirmed: bool = False
    in_visit: bool = False
    first_do_name: str = ""
    first_do_id: str = ""
    first_do_place: str = ""


@dataclass(frozen=True, slots=True)
class TicketView:
    label: str = ""
    qr_source: str = ""
    stop_count: int = 0
    stops: tuple[TicketStopRow, ...] = ()
    is_copy: bool = False
    date_text: str = ""
    time_text: str = ""


@dataclass(frozen=True, slots=True)
class YourVisitView:
    """`label`: empty where there is no number to show. `offers_number`: a new number is the way on."""

    label: str = ""
    headline: str = ""
    advice: str = ""
    tone: int = 0
    symbol: str = ""
    offers_number: bool = False
    stop_count: int = 0
    stops: tuple[YourStopRow, ...] = ()
