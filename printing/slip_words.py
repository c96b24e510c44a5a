"""The fixed words of a slip, in each language. Short: people read them standing, and paper is paid by the metre."""

from typing import Final

from kiosk.domain.language import Text

COPY: Final = Text("SALINAN {n}", "COPY {n}")
PRIORITY: Final = Text("Prioritas", "Priority")

ALL_QUEUES: Final = Text("Menunggu di {n} antrean sekaligus", "Waiting in {n} queues at once")
NOBODY_AHEAD: Final = Text("Tidak ada orang di depan Anda", "Nobody is ahead of you")
ONE_AHEAD: Final = Text("1 orang di depan Anda", "1 person ahead of you")
PEOPLE_AHEAD: Final = Text("{n} orang di depan Anda", "{n} people ahead of you")
AFTER: Final = Text("Sesudah layanan {n}", "After service {n}")
NO_PLACE: Final = Text("Tanyakan letaknya kepada petugas", "Ask the staff where it is")

BRING: Final = Text("Siapkan", "Have ready")
MORE_TO_BRING: Final = Text("{n} syarat lagi, tanyakan di loket", "{n} more, ask at the counter")

FEE: Final = Text("Biaya", "Fee")
FREE: Final = Text("gratis", "free")
FEE_VARIES: Final = Text("tergantung keperluan, tanyakan di loket", "depends on the case, ask at the counter")
FINISHED: Final = Text("Selesai", "Ready in")
NOT_PUBLISHED: Final = Text("belum diterbitkan instansi, tanyakan di loket", "not published yet, ask at the counter")
OF_SERVICES: Final = Text("layanan {n}: {value}", "service {n}: {value}")

MISSED: Final = Text("Terlewat?", "Missed it?")
MISSED_RULE: Final = Text(
    "Tunjukkan tiket ini di loket atau anjungan. Anda dipanggil lagi setelah 3 orang.",
    "Show this ticket at a counter or kiosk. You will be called after 3 others.",
)
VALID: Final = Text("Berlaku", "Valid")
TODAY_ONLY: Final = Text("hari ini saja", "today only")
COMPLAINTS: Final = Text("Pengaduan", "Complaints")

SHOW_CODE: Final = Text("Tunjukkan kode ini di loket", "Show this code at the counter")
SHOW_OR_FOLLOW: Final = Text(
    "Tunjukkan kode ini di loket, atau pantau dari ponsel", "Show this code at the counter, or follow it on your phone"
)
