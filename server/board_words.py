"""The web board's own words, in both languages."""

from collections.abc import Mapping
from typing import Final

from kiosk.domain.language import Language, Text

_WORDS: Final[Mapping[str, Text]] = {
    "now_calling": Text("Sedang dipanggil", "Now calling"),
    "nobody": Text("Belum ada yang dipanggil. Silakan menunggu.", "Nobody is being called. Please wait."),
    "called_before": Text("Baru saja dipanggil", "Called before"),
    "nobody_before": Text("Belum ada.", "None yet."),
    "counter": Text("Loket", "Counter"),
    "floor": Text("Lantai", "Floor"),
    "queues": Text("Antrean", "Queues"),
    "queue": Text("Kode antrean", "Queue code"),
    "waiting": Text("Menunggu", "Waiting"),
    "wait": Text("Perkiraan tunggu", "Expected wait"),
    "unknown_wait": Text("Belum bisa diperkirakan", "Cannot be said yet"),
    "minutes": Text("{range} menit", "{range} minutes"),
    "no_more": Text("tidak ada nomor baru", "no new numbers"),
    "notices": Text("Pengumuman", "Notices"),
    "hours": Text("Jam layanan hari ini", "Service hours today"),
    "closed_today": Text("Hari ini tutup", "Closed today"),
    "zones": Text("Pilih zona", "Choose a zone"),
    "whole_hall": Text("Seluruh gedung", "Whole hall"),
    "language": Text("Bahasa", "Language"),
    "lost": Text(
        "Zona itu tidak ada di gedung ini. Ini papan seluruh gedung.",
        "There is no such zone in this hall. This is the board of the whole hall.",
    ),
    "away": Text(
        "Server tidak menjawab. Data ini dari {age} yang lalu; tanyakan kepada petugas.",
        "The server does not answer. This is from {age} ago; please ask the staff.",
    ),
    "seconds": Text("{n} detik", "{n} seconds"),
    "minutes_ago": Text("{n} menit", "{n} minutes"),
}


def words_in(language: Language) -> Mapping[str, str]:
    return {name: text.in_language(language) for name, text in _WORDS.items()}
