"""How lengths of time, sizes and the words of machines are written for a technician, in both languages."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from kiosk.domain.language import Language, Text
from kiosk.sync.status import SyncState
from kiosk.sync.wire import DeviceKind

KINDS: Final[Mapping[DeviceKind, Text]] = {
    DeviceKind.KIOSK: Text("Anjungan", "Kiosk"),
    DeviceKind.SITE: Text("Server gedung", "Site server"),
    DeviceKind.DESK: Text("Loket", "Desk"),
    DeviceKind.BOARD: Text("Papan panggil", "Board"),
}

PRINTERS: Final[Mapping[str, Text]] = {
    "ready": Text("siap", "ready"),
    "paper_low": Text("kertas hampir habis", "paper low"),
    "no_paper": Text("kertas habis", "out of paper"),
    "cover_open": Text("penutup terbuka", "cover open"),
    "cutter": Text("pisau macet", "cutter jammed"),
    "overheated": Text("terlalu panas", "too hot"),
    "other": Text("perlu dilihat", "needs a person"),
    "unreachable": Text("tidak menjawab", "no answer"),
    "cannot_tell": Text("tidak dapat melapor", "cannot report"),
}
"""The words of printing.status.in_one_word."""

RELAY: Final[Mapping[SyncState, Text]] = {
    SyncState.CONNECTING: Text("Sedang menyambung", "Connecting"),
    SyncState.ONLINE: Text("Tersambung", "Connected"),
    SyncState.OFFLINE: Text("Tidak terjangkau", "Out of reach"),
    SyncState.REFUSED: Text("Ditolak", "Refused"),
    SyncState.ALARM: Text("Perlu dilihat", "Needs a person"),
}

_UNITS: Final = (
    (86_400, Text("hari", "d")),
    (3_600, Text("jam", "h")),
    (60, Text("mnt", "min")),
    (1, Text("dtk", "s")),
)
_ROUGH_FROM: Final = 10
"""So many of a unit, and its parts are of no interest."""
_SIZES: Final = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"))


def duration(age: timedelta) -> Text:
    """`45 dtk`, `1 mnt 35 dtk`, `12 mnt`, `3 jam 10 mnt`; `45 s`, `1 min 35 s` and so on in English."""
    seconds = max(0, round(abs(age.total_seconds())))
    for position, (length, unit) in enumerate(_UNITS):
        if seconds >= length:
            count, rest = divmod(seconds, length)
            whole = _joined(count, unit)
            if length > 1 and count < _ROUGH_FROM and rest >= (next_length := _UNITS[position + 1][0]):
                part = _joined(rest // next_length, _UNITS[position + 1][1])
                return Text(f"{whole.id} {part.id}", f"{whole.en} {part.en}")
            return whole
    return _joined(0, _UNITS[-1][1])


def size(count: int, language: Language) -> str:
    """Of bytes: `79 GB`, `7,9 GB`, `480 MB`."""
    for length, unit in _SIZES:
        if count >= length:
            amount = count / length
            text = f"{amount:.1f}" if amount < 10 and length > 10**6 else f"{amount:.0f}"
            return f"{text.replace('.', ',') if language is Language.INDONESIAN else text}\N{NO-BREAK SPACE}{unit}"
    return f"{count // 1000} kB"


def grouped(count: int, language: Language) -> str:
    """`12.345` in Indonesian, `12,345` in English."""
    return f"{count:,}" if language is Language.ENGLISH else f"{count:,}".replace(",", ".")


def _joined(count: int, unit: Text) -> Text:
    return Text(f"{count} {unit.id}", f"{count} {unit.en}")
