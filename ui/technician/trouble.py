"""Why a machine could not be put together, in the technician's language."""

from collections.abc import Mapping
from typing import Final

from kiosk.domain.language import Text
from kiosk.errors import (
    DataFileError,
    IdentityError,
    KioskError,
    ProfileError,
    StoreCorruptError,
    StoreDiskError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
    StoreTooNewError,
    TransportError,
)
from kiosk.own_hall import HallMissingError

_IN_INDONESIAN: Final[Mapping[type[KioskError], str]] = {
    StoreLockedError: "Program lain memakai folder data ini. Tutup program itu, atau beri mesin ini folder lain.",
    StoreReadOnlyError: "Folder data tidak dapat dibuka atau ditulis. Periksa letak dan izinnya.",
    StoreFullError: "Diska penuh. Kosongkan sebagian; semua nomor yang sudah keluar tetap tersimpan.",
    StoreCorruptError: "Basis data rusak. Selamatkan dulu yang belum terkirim:"
    " giliran export --data FOLDER --all --out STICK."
    " Sesudah itu sisihkan bersama berkas -wal di sebelahnya, lalu nyalakan ulang.",
    StoreDiskError: "Diska gagal membaca atau menulis. Nyalakan ulang, dan ganti diskanya bila terulang.",
    StoreTooNewError: "Basis data berasal dari Giliran yang lebih baru. Pasang versi itu.",
    DataFileError: "Ada berkas yang isinya salah. Betulkan yang disebut di bawah ini.",
    ProfileError: "Setelan printer salah. Periksa printer.device dan printer.profile.",
    TransportError: "Printer pada printer.device tidak dapat dipakai.",
    HallMissingError: "Server belum mengirim berkas gedung ini. Terbitkan di server; mesin ini lalu menyala sendiri.",
    IdentityError: "Kunci mesin ini hilang, rusak, atau milik mesin lain. Pulihkan berkasnya.",
}
"""What each kind means and asks for. The error's own English sentence follows, because it names the file."""


def explained(trouble: KioskError) -> Text:
    """The trouble's sentence; in Indonesian after what it means, where its kind is known."""
    detail = str(trouble)
    meaning = next((_IN_INDONESIAN[kind] for kind in type(trouble).__mro__ if kind in _IN_INDONESIAN), "")
    return Text(f"{meaning}\n{detail}" if meaning else detail, detail)
