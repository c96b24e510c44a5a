"""A slip before a kiosk's scanner: what the site server says of it, else what the paper says by itself.

Who is cut off from the server promises nothing: a kiosk's signature tells that the ticket is genuine, and no more.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Final

from kiosk.desk.paper import Known, believed, is_genuine, status_on_paper
from kiosk.desk.scanned import Token, read_scan
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.service_day import day_of
from kiosk.domain.site import Site
from kiosk.domain.token import Parsed, parse
from kiosk.domain.trust import DeviceFacts, TrustedDevice, TrustList
from kiosk.domain.visit_status import VisitStatus, VisitVerdict
from kiosk.errors import DataFileError, StoreError
from kiosk.store.service_days import day_at
from kiosk.store.snapshots import taken
from kiosk.store.writer import Store
from kiosk.sync.visit_wire import VisitSeen, status_of
from kiosk.sync.wire import SnapshotKind
from kiosk.trust_file import parse_trust_list

_UNREADABLE: Final = VisitStatus(VisitVerdict.UNREADABLE)


class VisitLook:
    """Of one hall. Waits for the server and the store, so it belongs on a worker thread.

    `own`: this kiosk, as its tickets name it. `authorities`: device id -> raw key of those whose trust list counts;
    none where no code let this kiosk in. `ask`: the server, None where there is none; it answers None when it is away.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what a slip is judged by
        self,
        store: Store,
        site: Site,
        catalogue: Catalogue,
        own: DeviceFacts,
        authorities: Mapping[str, bytes],
        ask: Callable[[str], VisitSeen | None] | None = None,
    ) -> None:
        self._store = store
        self._site = site
        self._catalogue = catalogue
        self._own = own
        self._authorities = authorities
        self._ask = ask

    def look_up(self, text: str) -> VisitStatus:
        """`text`: as the scanner typed it. Never raises, whatever was scanned and whoever is away."""
        text = text.encode(errors="replace").decode()  # half a character of a wide one cannot be sent
        if not isinstance(read_scan(text), Token):  # a label proves nothing, and nobody types here
            return _UNREADABLE
        answer = None if self._ask is None else self._ask(text)
        return self._from_paper(text) if answer is None else status_of(answer)

    def _from_paper(self, text: str) -> VisitStatus:
        trust, today = self._trusted(), self._today()
        scanned = read_scan(text, partial(is_genuine, known=self._known(trust, today)))
        parsed = parse(scanned.text) if isinstance(scanned, Token) else None
        if not isinstance(scanned, Token) or not isinstance(parsed, Parsed):
            return _UNREADABLE
        day = parsed.claims.service_day
        known = self._known(trust, today if self._store.clock.read().is_trusted else max(today, day))
        claims = believed(scanned.text, known)
        if isinstance(claims, ScanVerdict):
            verdict = VisitVerdict(claims.value)
            return VisitStatus(verdict, service_day=day if verdict is VisitVerdict.OTHER_DAY else None)
        return status_on_paper(claims, known)

    def _known(self, trust: TrustList, today: date) -> Known:
        return Known(self._site, self._catalogue, trust, today)

    def _today(self) -> date:
        """The day that a number taken now would be of. A disk that fails keeps nobody from an answer."""
        reading = self._store.clock.read()
        try:
            return self._store.call(lambda db: day_at(db, self._site.id, self._site.timezone, reading)).day
        except StoreError:
            return day_of(reading.at, self._site.timezone)

    def _trusted(self) -> TrustList:
        """The newest list that was sealed by whom this kiosk believes; its own tickets it knows without any."""
        own = TrustList(self._site.id, (TrustedDevice(self._own, from_day=date.min),), {})
        try:
            files = self._store.call(lambda db: taken(db, SnapshotKind.TRUST))
            newest = next((file for file in files if file.signer in self._authorities), None)
            told = own if newest is None else parse_trust_list(newest.name, newest.raw)
        except (StoreError, DataFileError):
            return own
        is_told = any(device.facts.device_id == self._own.device_id for device in told.devices)
        return told if is_told else TrustList(told.site_id, (*told.devices, *own.devices), told.authorities)
