"""Tickets to print: a hall written for paper, with a long name, fees of each kind and a queue without counters."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.domain.catalogue import Agency, Catalogue, Evidence, Fee, FeeKind, Presence, Service
from kiosk.domain.language import Language, Text
from kiosk.domain.site import Counter, Queue, Site, TimeRange, Zone
from kiosk.domain.ticket import Stop, Ticket, TicketId, Wait
from printing.blocks import TicketLayout
from printing.profile import Profile
from printing.slip import slip_layout

TOKEN: Final = "K1." + "AEAACAABAECQSSAQCAAC2AJ2DZ6WXQ4PJL3V7RTKMNB5FHYC6OEGUIZSQ7X4LWPDTVRHGKBJN"[:71] * 2
"""As long as a real one with one stop; signed by nobody."""

_SERVICES: Final = (
    (
        "polda",
        "hilang",
        Text("Surat keterangan hilang", "Loss report"),
        (Text("KTP-el asli atau surat pengantar RT/RW", "Original e-ID card or a letter from the neighbourhood"),),
        Fee(FeeKind.FREE),
        Text("15 menit", "15 minutes"),
    ),
    (
        "dukcapil",
        "ktp",
        Text("KTP-el hilang", "Replace a lost e-ID card"),
        (
            Text("Surat keterangan hilang dari kepolisian", "Police loss report"),
            Text("Fotokopi Kartu Keluarga (KK)", "Copy of the Family Card (KK)"),
        ),
        Fee(FeeKind.FREE),
        None,
    ),
    (
        "imigrasi",
        "paspor",
        Text("Paspor anak", "Passport for a child"),
        (
            Text("Fotokopi Kartu Keluarga (KK)", "Copy of the Family Card (KK)"),
            Text("KTP-el kedua orang tua", "Both parents' e-ID cards"),
            Text("Kutipan akta kelahiran", "Birth certificate extract"),
            Text("Buku nikah atau kutipan akta perkawinan", "Marriage book or certificate extract"),
        ),
        Fee(FeeKind.FIXED, 350_000, "e-passport Rp 650,000"),
        Text("sekitar 4 hari kerja setelah wawancara", "about 4 working days after the interview"),
    ),
    (
        "bpom",
        "pangan",
        Text("Konsultasi registrasi pangan olahan (MD) dan izin produksi", "Advice on processed-food registration"),
        (
            Text("NIB (nomor induk berusaha)", "Business identification number (NIB)"),
            Text("Gambar rencana dan dokumen teknis", "Plan drawings and technical documents"),
        ),
        Fee(FeeKind.VARIES),
        None,
    ),
)
_AGENCIES: Final = {"polda": "Polda Metro Jaya", "dukcapil": "Dukcapil", "imigrasi": "Imigrasi", "bpom": "BPOM"}
_QUEUES: Final = {"polda": ("L", 3, (21, 22, 23)), "dukcapil": ("D", 2, (5, 6, 7, 8)), "imigrasi": ("M", 3, (31,))}

ONE: Final = ("dukcapil.ktp",)
TWO: Final = ("polda.hilang", "dukcapil.ktp")
FOUR: Final = ("polda.hilang", "dukcapil.ktp", "imigrasi.paspor", "bpom.pangan")


def paper_catalogue() -> Catalogue:
    agencies = tuple(
        Agency(
            id=agency_id,
            name=Text(short, short),
            short=short,
            kind="x",
            floor=None,
            presence=Presence.CONFIRMED,
            note=None,
            sources=(),
            services=tuple(
                _service(number, *facts) for number, facts in enumerate(_SERVICES, start=1) if facts[0] == agency_id
            ),
        )
        for agency_id, short in _AGENCIES.items()
    )
    return Catalogue(version="p" * 64, agencies=agencies, life_events=())


def many_scripts_catalogue() -> Catalogue:
    """The same with names as an agency might write them: Javanese, Arabic, Balinese, and one mixed with Latin."""
    names = {
        "polda": ("ꦥꦺꦴꦭ꧀ꦢ Metro Jaya", "ꦱꦸꦫꦠ꧀ ꦏꦼꦠꦼꦫꦔꦤ꧀ ꦲꦶꦭꦁ"),
        "dukcapil": ("ꦢꦶꦤꦱ꧀ ꦏꦼꦥꦼꦤ꧀ꦢꦸꦢꦸꦏꦤ꧀", "KTP-el · بطاقة الهوية (KTP) 2026"),
        "imigrasi": ("مكتب الهجرة", "جواز سفر للطفل، ٣ أيام"),
        "bpom": ("ᬤᬶᬦᬲ᭄ ᬓᬾᬲᬾᬳᬢᬦ᭄", "Konsultasi ᮕᮍᮔ᮪ ᮇᮜᮠᮔ᮪"),
    }
    catalogue = paper_catalogue()
    agencies = tuple(
        replace(
            agency,
            short=names[agency.id][0],
            services=tuple(
                replace(service, name=Text(names[agency.id][1], service.name.en)) for service in agency.services
            ),
        )
        for agency in catalogue.agencies
    )
    return replace(catalogue, agencies=agencies)


def paper_site() -> Site:
    return Site(
        id="paper-hall",
        number=1,
        name=Text("Mal Pelayanan Publik Provinsi DKI Jakarta", "Jakarta Public Service Mall"),
        short_name=Text("MPP Jakarta", "MPP Jakarta"),
        address="Jalan",
        timezone=ZoneInfo("Asia/Jakarta"),
        floors=(),
        zones=tuple(Zone(f"z{floor}", floor, Text("", "")) for floor in (1, 2, 3)),
        queues=tuple(
            Queue(
                code,
                number,
                agency_id,
                Text(agency_id, agency_id),
                frozenset(f"{agency_id}.{facts[1]}" for facts in _SERVICES if facts[0] == agency_id),
                tuple(Counter(counter, f"z{floor}") for counter in counters),
            )
            for number, (agency_id, (code, floor, counters)) in enumerate(
                {**_QUEUES, "bpom": ("S", 1, ())}.items(), start=1
            )
        ),
        hours=((TimeRange(time(8), time(16)),),) * 7,
        exceptions=(),
        friday_break=None,
        procedure=(),
        complaint_channels=("LAPOR! (lapor.go.id, SMS 1708)", "JAKI", "Ombudsman 137"),
        after={},
        public_url=None,
        is_demonstration=False,
    )


def paper_ticket(
    service_ids: tuple[str, ...] = ONE,
    language: Language = Language.INDONESIAN,
    *,
    is_priority: bool = False,
    clock_trusted: bool = True,
    people_ahead: tuple[int | None, ...] = (8, 0, None, 1),
    promised: tuple[Wait | None, ...] = (Wait(1200, 2100), Wait(0, 300), None, Wait(900, 1800)),
    after: Mapping[int, tuple[int, ...]] = MappingProxyType({2: (1,)}),
    token: str = TOKEN,
) -> Ticket:
    catalogue, site = paper_catalogue(), paper_site()
    stops = tuple(
        Stop(
            position,
            service_id,
            catalogue.services[service_id].number,
            site.queue_by_service[service_id].code,
            after.get(position, ()) if len(service_ids) > 1 else (),
        )
        for position, service_id in enumerate(service_ids, start=1)
    )
    return Ticket(
        id=TicketId("0123456789abcdef"),
        site_id=site.id,
        service_day=date(2026, 11, 21),
        series=0,
        queue_code=stops[0].queue_code,
        number=45,
        label=f"{stops[0].queue_code}-045",
        stops=stops,
        is_priority=is_priority,
        language=language,
        issued_at=datetime(2026, 11, 21, 2, 41, tzinfo=UTC),
        clock_trusted=clock_trusted,
        token=token,
        people_ahead=people_ahead[: len(stops)],
        promised=promised[: len(stops)],
    )


def paper_layout(ticket: Ticket, profile: Profile, copy: int = 0, *, is_demonstration: bool = False) -> TicketLayout:
    site = replace(paper_site(), is_demonstration=is_demonstration)
    return slip_layout(ticket, site, paper_catalogue(), profile, copy)


def _service(  # noqa: PLR0917  # one row of the table above
    number: int,
    agency_id: str,
    name: str,
    title: Text,
    requirements: tuple[Text, ...],
    fee: Fee,
    finishing_time: Text | None,
) -> Service:
    return Service(
        id=f"{agency_id}.{name}",
        number=number,
        agency_id=agency_id,
        name=title,
        requirements=requirements,
        fee=fee,
        finishing_time=finishing_time,
        procedure=None,
        product=None,
        legal_basis=None,
        service_class="x",
        planning_minutes=10,
        counter_minutes=None,
        online_first=False,
        evidence=Evidence.HALL,
        keywords=(),
        sources=(),
    )
