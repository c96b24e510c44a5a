"""What is to be known of each printer: what it says, how sure its slips are, and how much paper it has."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from kiosk.domain.language import Text
from printing.printer import PrinterReport
from printing.profile import Confirmation
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, Ready, Unreachable
from ui.technician.rows import Level, TechnicianRow

if TYPE_CHECKING:
    from printing.kiosk_printers import Printers

_FIRST: Final = Text("Printer", "Printer")
_SECOND: Final = Text("Printer kedua", "Second printer")
_STATE: Final = Text("Keadaan", "State")

_OF_PRINTER: Final[Mapping[Attention, Text]] = {
    Attention.NO_PAPER: Text("kertas habis", "out of paper"),
    Attention.COVER_OPEN: Text("penutup terbuka", "cover open"),
    Attention.CUTTER: Text("pisau macet", "cutter jammed"),
    Attention.OVERHEATED: Text("terlalu panas", "too hot"),
    Attention.OTHER: Text("butuh orang", "needs a person"),
}
_OF_CONFIRMATION: Final[Mapping[Confirmation, tuple[Text, Level]]] = {
    Confirmation.PROCESS_ID: (Text("printer memastikan tiap tiket", "the printer confirms every ticket"), Level.OK),
    Confirmation.FENCE: (Text("printer memastikan tiap tiket", "the printer confirms every ticket"), Level.OK),
    Confirmation.STATUS: (
        Text("tidak dapat dipastikan; hanya keadaannya terbaca", "cannot be confirmed; only its state can be read"),
        Level.WARNING,
    ),
    Confirmation.NONE: (
        Text("tidak dapat dipastikan; printer tidak menjawab", "cannot be confirmed; the printer does not answer"),
        Level.WARNING,
    ),
    Confirmation.AUTO: (Text("belum diketahui", "not known yet"), Level.FACT),
}


def printer_rows(printers: "Printers", now: PrinterStatus, timezone: tzinfo) -> Iterator[TechnicianRow]:
    """Of the first, then of the second where there is one. `now`: what the kiosk goes by for the one in use, which may
    be at rest though it calls itself ready. Times are of `timezone`.
    """
    reports = printers.reports()
    for place, (report, group) in enumerate(zip(reports, (_FIRST, _SECOND), strict=False)):
        yield _state_row(now if report.is_in_use else report.status, group)
        if len(reports) > 1:
            yield _use_row(place, reports, group)
        device = f"{report.device}, {report.profile}"
        yield TechnicianRow(Text("Perangkat", "Device"), group, device)
        sure, level = _OF_CONFIRMATION[report.confirmation]
        yield TechnicianRow(Text("Kepastian tiket", "Certainty"), group, sure, level)
        yield _roll_row(place, report, printers, group)
        at = printers.confirmed_at(place)
        confirmed = "-" if at is None else f"{at.astimezone(timezone):%Y-%m-%d %H:%M}"
        yield TechnicianRow(Text("Terakhir dipastikan", "Last confirmed"), group, confirmed)


def _state_row(status: PrinterStatus, group: Text) -> TechnicianRow:
    match status:
        case Ready(paper_low=True):
            return TechnicianRow(_STATE, group, Text("kertas hampir habis", "paper low"), Level.WARNING)
        case Ready():
            return TechnicianRow(_STATE, group, Text("siap", "ready"), Level.OK)
        case NeedsAttention(reason):
            return TechnicianRow(_STATE, group, _OF_PRINTER[reason], Level.ERROR)
        case Unreachable(detail):
            value = Text(f"tidak terhubung. {detail}", f"unreachable. {detail}")
            return TechnicianRow(_STATE, group, value, Level.ERROR)
        case CannotTell(detail):
            value = Text(f"tidak dapat berkata. {detail}", f"cannot tell. {detail}")
            return TechnicianRow(_STATE, group, value, Level.WARNING)


def _use_row(place: int, reports: Sequence[PrinterReport], group: Text) -> TechnicianRow:
    name = Text("Dipakai", "In use")
    if not reports[place].is_in_use:
        waits = Text("cadangan", "stands by") if place else Text("digantikan printer kedua", "replaced by the second")
        return TechnicianRow(name, group, waits, Level.FACT if place else Level.WARNING)
    used = Text("menggantikan printer pertama", "in place of the first") if place else Text("ya", "yes")
    return TechnicianRow(name, group, used, Level.WARNING if place else Level.FACT)


def _roll_row(place: int, report: PrinterReport, printers: "Printers", group: Text) -> TechnicianRow:
    left = report.slips_left
    known = Text("belum diketahui", "not known yet") if left is None else Text(f"± {left} tiket", f"± {left} tickets")
    is_low = printers.is_paper_low(place)
    if report.status == NeedsAttention(Attention.NO_PAPER):
        when = Text("ganti sekarang", "change it now")
    else:
        when = Text("ganti selagi sepi", "change it in a quiet minute")
    hint = Text(f"{known.id}; {when.id}", f"{known.en}; {when.en}")
    value, level = (hint, Level.WARNING) if is_low else (known, Level.FACT)
    return TechnicianRow(Text("Sisa kertas", "Paper left"), group, value, level, roll_of=place)
