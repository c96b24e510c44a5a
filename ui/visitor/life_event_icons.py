"""A picture for each situation of life: names of files in assets/icons (Phosphor)."""

from collections.abc import Mapping
from typing import Final

ICON_OF_LIFE_EVENT: Final[Mapping[str, str]] = {
    "punya-bayi": "baby",
    "umur-17": "identification-card",
    "menikah": "heart",
    "bercerai": "scales",
    "anggota-meninggal": "flower-lotus",
    "pindah-ke-jakarta": "sign-in",
    "pindah-dari-jakarta": "sign-out",
    "dokumen-hilang": "wallet",
    "mulai-usaha": "storefront",
    "cari-kerja": "briefcase",
    "kena-phk": "user-minus",
    "kerja-luar-negeri": "airplane-takeoff",
    "ke-luar-negeri": "globe-hemisphere-east",
    "haji-umrah": "mosque",
    "beli-rumah-tanah": "house-line",
    "kpr-lunas": "key",
    "bangun-rumah": "hammer",
    "beli-kendaraan": "car",
    "jual-kendaraan": "handshake",
    "kena-tilang": "traffic-signal",
    "anak-sekolah": "graduation-cap",
    "jaminan-kesehatan": "heartbeat",
    "disabilitas": "wheelchair",
    "pensiun-lansia": "person-simple-walk",
    "kecelakaan": "first-aid-kit",
    "kena-bencana": "cloud-rain",
    "wna-di-jakarta": "globe",
    "ganti-nama": "pencil-simple-line",
    "bantuan-sosial": "hand-heart",
    "mengadu": "megaphone",
}
ANY_OTHER: Final = "signpost"


def icon_of(life_event_id: str) -> str:
    return ICON_OF_LIFE_EVENT.get(life_event_id, ANY_OTHER)
