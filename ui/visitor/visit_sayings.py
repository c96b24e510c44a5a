"""What is said of a slip before the kiosk's scanner: of each verdict and each state its sentences, tone and symbol."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from kiosk.domain.language import Text
from kiosk.domain.ticket import StopState
from kiosk.domain.visit_status import VisitVerdict


class Tone(IntEnum):
    """The numbers of KioskViewModel.Tone."""

    CALM = 0
    GOOD = 1
    GO = 2
    """Something to do now."""
    MIND = 3
    PAST = 4


@dataclass(frozen=True, slots=True)
class Saying:
    """`headline` and `advice` may hold {where}, {day}."""

    headline: Text
    advice: Text
    tone: Tone
    symbol: str
    offers_number: bool = False


READING: Final = Saying(
    Text("Membaca tiket Anda", "Reading your ticket"), Text("Sebentar.", "One moment."), Tone.CALM, "ticket"
)
_ASK: Final = Text(
    "Silakan tunjukkan tiket ini kepada petugas; Anda akan dibantu.", "Please show this ticket to a member of staff."
)
BY_VERDICT: Final[Mapping[VisitVerdict, Saying]] = {
    VisitVerdict.FROM_PAPER: Saying(
        Text("Tiket Anda berlaku", "Your ticket is valid"),
        Text(
            "Sambungan sedang terputus, jadi posisi antrean belum bisa ditampilkan. Perhatikan layar ruang tunggu.",
            "The connection is down, so your place cannot be shown yet. Please watch the screen in the waiting room.",
        ),
        Tone.CALM,
        "info",
    ),
    VisitVerdict.OTHER_DAY: Saying(
        Text("Tiket ini bukan untuk hari ini", "This ticket is not for today"),
        Text(
            "Tiket ini dari {day}. Nomor berlaku satu hari: silakan ambil nomor baru.",
            "It is from {day}. Numbers are valid for one day: please take a new one.",
        ),
        Tone.MIND,
        "calendar-x",
        offers_number=True,
    ),
    VisitVerdict.OTHER_SITE: Saying(
        Text("Tiket ini dari gedung lain", "This ticket is from another building"),
        Text(
            "Untuk dilayani di sini, silakan ambil nomor baru.",
            "To be served here, please take a new number.",
        ),
        Tone.MIND,
        "map-pin",
        offers_number=True,
    ),
    VisitVerdict.FORGED: Saying(
        Text("Tiket ini tidak dapat dipastikan asli", "This ticket could not be verified"), _ASK, Tone.MIND, "warning"
    ),
    VisitVerdict.UNKNOWN_KEY: Saying(
        Text("Mesin pembuat tiket ini belum dikenal", "The machine that made this ticket is not known here"),
        _ASK,
        Tone.MIND,
        "warning",
    ),
    VisitVerdict.REVOKED_KEY: Saying(
        Text("Mesin pembuat tiket ini sudah tidak dipakai", "The machine that made this ticket is no longer in use"),
        _ASK,
        Tone.MIND,
        "warning",
    ),
    VisitVerdict.UNKNOWN: Saying(
        Text("Nomor ini tidak ada dalam antrean", "This number is not in any queue"),
        Text(
            "Silakan ambil nomor baru, atau tanyakan kepada petugas.",
            "Please take a new number, or ask a member of staff.",
        ),
        Tone.MIND,
        "ticket",
        offers_number=True,
    ),
    VisitVerdict.UNREADABLE: Saying(
        Text("Kode belum terbaca", "The code could not be read"),
        Text(
            "Ratakan kertasnya, lalu dekatkan kode QR pada tiket ke pemindai sekali lagi.",
            "Smooth the paper, then hold the QR code on your ticket before the scanner once more.",
        ),
        Tone.MIND,
        "scan",
    ),
}
"""All but FOUND and RETURNED: there it is the stops that speak."""

RETURNED: Final = Saying(
    Text("Anda kembali dalam antrean", "You are back in the queue"),
    Text(
        "Panggilan tadi terlewat. Anda dipanggil lagi setelah beberapa orang; tidak perlu mengambil nomor baru.",
        "You missed a call. You will be called again after a few others; there is no need for a new number.",
    ),
    Tone.GOOD,
    "check-circle",
)
BY_STATE: Final[Mapping[StopState, Saying]] = {
    StopState.CALLED: Saying(
        Text("Anda sedang dipanggil", "You are being called"),
        Text("Silakan ke {where} sekarang.", "Please go to {where} now."),
        Tone.GO,
        "megaphone",
    ),
    StopState.SERVING: Saying(
        Text("Anda sedang dilayani", "You are being served"),
        Text("Di {where}.", "At {where}."),
        Tone.GOOD,
        "identification-card",
    ),
    StopState.WAITING: Saying(
        Text("Anda dalam antrean", "You are in the queue"),
        Text(
            "Silakan duduk. Nomor Anda dipanggil dan tampil di layar ruang tunggu.",
            "Please take a seat. Your number is called and shown on the screen in the waiting room.",
        ),
        Tone.GOOD,
        "clock",
    ),
    StopState.PARKED: Saying(
        Text("Layanan Anda ditunda", "Your service is on hold"),
        Text(
            "Tempat Anda tidak hilang. Bila sudah siap, silakan kembali ke {where}.",
            "Your place is kept. When you are ready, please go back to {where}.",
        ),
        Tone.CALM,
        "file-text",
    ),
    StopState.NO_SHOW: Saying(
        Text("Panggilan Anda terlewat", "You missed your call"),
        Text(
            "Silakan tanyakan kepada petugas; nomor Anda masih tercatat.",
            "Please ask a member of staff; your number is still on record.",
        ),
        Tone.MIND,
        "warning",
    ),
    StopState.COMPLETED: Saying(
        Text("Semua layanan selesai", "All services are done"),
        Text("Terima kasih sudah datang.", "Thank you for coming."),
        Tone.GOOD,
        "check-circle",
    ),
    StopState.CANCELLED: Saying(
        Text("Nomor ini sudah dibatalkan", "This number was cancelled"),
        Text(
            "Bila masih perlu dilayani, silakan ambil nomor baru.", "If you still need to be served, take a new number."
        ),
        Tone.MIND,
        "trash-bold",
        offers_number=True,
    ),
    StopState.EXPIRED: Saying(
        Text("Nomor ini tidak berlaku lagi", "This number is no longer valid"),
        Text(
            "Bila masih perlu dilayani, silakan ambil nomor baru.", "If you still need to be served, take a new number."
        ),
        Tone.MIND,
        "calendar-x",
        offers_number=True,
    ),
}
"""The headline of a visit whose most urgent stop is so."""
