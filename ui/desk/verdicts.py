"""What is said of a scanned ticket: of each verdict its sentence, tone and symbol."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from kiosk.domain.language import Language, Text
from kiosk.domain.scan import ScanVerdict
from kiosk.sync.desk_wire import ScanAnswer
from ui.desk.names import Names
from ui.desk.tones import Tone


@dataclass(frozen=True, slots=True)
class Saying:
    """`headline` may hold {label}. `advice`: what to do now; what is known of who, where and when goes before it."""

    headline: Text
    advice: Text
    tone: Tone
    symbol: str


SAYINGS: Final[Mapping[ScanVerdict, Saying]] = {
    ScanVerdict.STARTED: Saying(
        Text("{label} mulai dilayani", "{label}: service has started"),
        Text("Tekan F5 bila selesai.", "Press F5 when done."),
        Tone.GOOD,
        "check-circle",
    ),
    ScanVerdict.ALREADY_HERE: Saying(
        Text("{label} memang sedang dilayani di loket ini", "{label} is already being served at this counter"),
        Text("Tidak ada yang berubah.", "Nothing changes."),
        Tone.NOTICE,
        "handshake",
    ),
    ScanVerdict.WRONG_COUNTER: Saying(
        Text("{label} bukan untuk loket ini", "{label} is not for this counter"),
        Text("Antarkan dengan kata-kata ini; tempatnya tidak hilang.", "Say it like this; the place is not lost."),
        Tone.MIND,
        "signpost",
    ),
    ScanVerdict.FIRST_ELSEWHERE: Saying(
        Text("{label} ke loket lain lebih dahulu", "{label} goes to another counter first"),
        Text("Setelah itu baru dilayani di sini.", "After that the turn is here."),
        Tone.MIND,
        "path",
    ),
    ScanVerdict.COUNTER_BUSY: Saying(
        Text("Loket ini masih melayani orang lain", "This counter is still serving somebody else"),
        Text("Selesaikan (F5) atau tunda (F7), lalu pindai lagi.", "Complete (F5) or park (F7) first, then scan."),
        Tone.MIND,
        "users-three",
    ),
    ScanVerdict.COUNTER_CLOSED: Saying(
        Text("Loket ini sedang tidak buka", "This counter is not open"),
        Text("Buka loket dengan F12, lalu pindai lagi.", "Open it with F12, then scan again."),
        Tone.MIND,
        "storefront",
    ),
    ScanVerdict.CALLED_ELSEWHERE: Saying(
        Text("{label} sedang dipanggil loket lain", "{label} is being called by another counter"),
        Text("Minta pengunjung ke sana sekarang.", "Ask the visitor to go there now."),
        Tone.MIND,
        "megaphone",
    ),
    ScanVerdict.SERVED_ELSEWHERE: Saying(
        Text("{label} sedang dilayani loket lain", "{label} is being served at another counter"),
        Text("Tunggu sampai selesai di sana.", "Wait until that is done."),
        Tone.MIND,
        "identification-card",
    ),
    ScanVerdict.COMPLETED: Saying(
        Text("{label} sudah selesai dilayani", "{label} has been served already"),
        Text("Untuk keperluan baru, ambil nomor baru.", "For something new, take a new number."),
        Tone.NOTICE,
        "check-bold",
    ),
    ScanVerdict.CANCELLED: Saying(
        Text("{label} sudah dibatalkan", "{label} was cancelled"),
        Text("Minta pengunjung mengambil nomor baru.", "Ask the visitor to take a new number."),
        Tone.STOP,
        "trash-bold",
    ),
    ScanVerdict.RETURNED: Saying(
        Text("{label} kembali ke antrean", "{label} is back in the line"),
        Text("Dipanggil setelah beberapa orang lain.", "Will be called after a few others."),
        Tone.NOTICE,
        "sign-in",
    ),
    ScanVerdict.OTHER_DAY: Saying(
        Text("Tiket ini bukan tiket hari ini", "This is not a ticket of today"),
        Text("Minta pengunjung mengambil nomor baru.", "Ask the visitor to take a new number."),
        Tone.STOP,
        "calendar-x",
    ),
    ScanVerdict.OTHER_SITE: Saying(
        Text("Tiket ini dari gedung lain", "This ticket is from another hall"),
        Text("Minta pengunjung mengambil nomor di sini.", "Ask the visitor to take a number here."),
        Tone.STOP,
        "globe",
    ),
    ScanVerdict.FORGED: Saying(
        Text("Tiket ini tidak asli", "This ticket is not genuine"),
        Text("Jangan dilayani; beri tahu pengawas.", "Do not serve it; tell your supervisor."),
        Tone.STOP,
        "warning",
    ),
    ScanVerdict.REVOKED_KEY: Saying(
        Text("Tiket dari anjungan yang sudah dicabut", "From a kiosk that was shut out"),
        Text("Jangan dilayani; beri tahu pengawas.", "Do not serve it; tell your supervisor."),
        Tone.STOP,
        "key",
    ),
    ScanVerdict.UNKNOWN_KEY: Saying(
        Text("Tiket dari anjungan yang tidak dikenal", "From a kiosk that is not known here"),
        Text("Beri tahu pengawas; layani dengan nomor baru.", "Tell your supervisor; serve with a new number."),
        Tone.STOP,
        "user-minus",
    ),
    ScanVerdict.UNKNOWN: Saying(
        Text("Nomor ini tidak ditemukan hari ini", "There is no such number today"),
        Text("Periksa nomornya, atau pindai kode di tiket.", "Check the number, or scan the code on the slip."),
        Tone.STOP,
        "magnifying-glass-bold",
    ),
    ScanVerdict.UNREADABLE: Saying(
        Text("Yang dipindai bukan kode tiket", "What was scanned is no ticket"),
        Text("Ratakan kertasnya dan pindai sekali lagi.", "Flatten the paper and scan again."),
        Tone.MIND,
        "ticket-bold",
    ),
    ScanVerdict.STARTED_OFFLINE: Saying(
        Text("{label} mulai dilayani dari kertas", "{label}: served from paper"),
        Text("Tiketnya asli. Dikirim ke server nanti.", "The ticket is genuine. The server is told later."),
        Tone.GOOD,
        "file-text",
    ),
    ScanVerdict.SEEN_HERE: Saying(
        Text("{label} sudah dilayani di loket ini", "{label} was served at this counter today"),
        Text("Server tidak terhubung: tanyakan keperluannya.", "The server is away: ask what it is about."),
        Tone.NOTICE,
        "info",
    ),
}
"""Every verdict has one, and no two the same symbol (tested)."""


@dataclass(frozen=True, slots=True)
class Said:
    """A band that is shown: in one language."""

    headline: str = ""
    text: str = ""
    tone: Tone = Tone.NOTICE
    symbol: str = ""


def said_of(scan: ScanAnswer, timezone: tzinfo, names: Names) -> Said:
    language = names.language
    saying = SAYINGS[scan.verdict]
    label = scan.label or Text("Tiket ini", "This ticket").in_language(language)
    facts = (_where(scan, names), _who(scan, language, timezone), _day(scan.day, language))
    parts = (*(fact for fact in facts if fact), saying.advice.in_language(language))
    headline = saying.headline.in_language(language).format(label=label)
    return Said(headline, " ".join(parts), saying.tone, saying.symbol)


def _where(scan: ScanAnswer, names: Names) -> str:
    if not scan.where:
        return ""
    first, *others = scan.where
    also = f" (+{len(others)})" if others else ""
    line = f"{names.queue(scan.queue)}: " if scan.queue else ""
    waiting = Text(
        f"{scan.waiting} orang menunggu di sana.",
        f"{scan.waiting} waiting there." if scan.waiting != 1 else "1 person waiting there.",
    )
    return f"{line}{names.counter_at(first)}{also}. {waiting.in_language(names.language)}"


def _who(scan: ScanAnswer, language: Language, timezone: tzinfo) -> str:
    parts = []
    if scan.counter is not None and not scan.where:
        parts.append(Text(f"Loket {scan.counter}", f"Counter {scan.counter}").in_language(language))
    if scan.by is not None:
        parts.append(Text(f"petugas {scan.by}", f"officer {scan.by}").in_language(language))
    if scan.at is not None:
        parts.append(_time(scan.at, language, timezone))
    line = ", ".join(parts)
    return line and f"{line[0].upper()}{line[1:]}."


def _time(at: datetime, language: Language, timezone: tzinfo) -> str:
    local = at.astimezone(timezone)
    return Text(f"pukul {local:%H.%M}", f"at {local:%H:%M}").in_language(language)


def _day(day: date | None, language: Language) -> str:
    return (
        ""
        if day is None
        else Text(f"Tiket tanggal {day:%d-%m-%Y}.", f"Issued on {day:%Y-%m-%d}.").in_language(language)
    )
