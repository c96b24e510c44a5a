"""The fixed words of a slip, in each language. Short: people read them standing, and paper is paid by the metre."""

from typing import Final

from kiosk.domain.language import Text

ISSUED_AT: Final = Text("Pukul {time}", "At {time}")
COPY: Final = Text("SALINAN {n}", "COPY {n}")
PRIORITY: Final = Text("Prioritas", "Priority")

ALL_QUEUES: Final = Text("Anda di {n} antrean sekaligus", "You are in {n} queues at once")
NOBODY_AHEAD: Final = Text("Anda yang pertama", "You are first")
ONE_AHEAD: Final = Text("1 orang di depan Anda", "1 person ahead of you")
PEOPLE_AHEAD: Final = Text("{n} orang di depan Anda", "{n} people ahead of you")
WAIT: Final = Text("Tunggu {wait}", "Wait {wait}")
WAIT_UNKNOWN: Final = Text("Lama tunggu belum bisa diperkirakan", "The wait cannot be estimated yet")
WAIT_UNKNOWN_SHORT: Final = Text("Lama tunggu belum diketahui", "Wait not known yet")
BACK_BEFORE: Final = Text("Kembali sebelum pukul {time}", "Be back before {time}")
AFTER: Final = Text("Sesudah layanan {n}", "After service {n}")
NO_PLACE: Final = Text("Tanyakan kepada petugas", "Ask the staff where it is")

BRING: Final = Text("Siapkan", "Have ready")
MORE_TO_BRING: Final = Text("{n} syarat lagi, tanyakan di loket", "{n} more, ask at the counter")

FEE: Final = Text("Biaya", "Fee")
FREE: Final = Text("gratis", "free")
FEE_VARIES: Final = Text("tergantung keperluan", "depends on your case")
FINISHED: Final = Text("Selesai", "Ready in")
NOT_PUBLISHED: Final = Text("belum diterbitkan instansi", "not published by the agency")
OF_SERVICES: Final = Text("layanan {n}: {value}", "service {n}: {value}")

MISSED: Final = Text("Terlewat?", "Missed it?")
MISSED_RULE: Final = Text(
    "Tunjukkan tiket ini di loket.",
    "Show this ticket at the counter.",
)
COMPLAINTS: Final = Text("Pengaduan", "Complaints")

SHOW_CODE: Final = Text("Tunjukkan kode ini di loket", "Show this code at the counter")
FOLLOW: Final = Text("atau pantau giliran dari ponsel", "or follow your turn on your phone")
TODAY_ONLY: Final = Text("Berlaku hari ini saja", "Valid today only")
DEMONSTRATION: Final = Text("DATA CONTOH, bukan antrean resmi", "Sample data, not an official queue")
