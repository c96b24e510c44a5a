"""Promised finishing times, published in Indonesian only, rendered in English where that is mechanical."""

import re
from typing import Final

from kiosk.domain.language import Text

_UNITS: Final = {
    "menit": ("minute", "minutes"),
    "jam": ("hour", "hours"),
    "hari": ("day", "days"),
    "hari kerja": ("working day", "working days"),
}
_CONDITIONS: Final = {
    "": "",
    "bila syarat lengkap": " when the requirements are complete",
    "setelah berkas lengkap": " after the file is complete",
    "setelah wawancara dan pembayaran": " after interview and payment",
}
_DURATION: Final = re.compile(
    r"(?P<about>sekitar )?(?P<amount>\d+(-\d+)?) (?P<unit>hari kerja|hari|jam|menit)"
    r"(?: (?P<condition>[^()]+?))?(?P<source> \([^()]*\))?"
)


def in_both_languages(published: str) -> Text:
    """`5 hari kerja (Perkaban 1/2010)` -> `5 working days (Perkaban 1/2010)`; the parenthesis is a source, and kept.

    What is not plainly a duration stays in Indonesian for everyone: a promise is not paraphrased.
    """
    if published == "hari yang sama":
        return Text(published, "the same day")
    duration = _DURATION.fullmatch(published)
    condition = _CONDITIONS.get(duration["condition"] or "") if duration else None
    if duration is None or condition is None:
        return Text(published, published)
    one, many = _UNITS[duration["unit"]]
    about = "about " if duration["about"] else ""
    unit = one if duration["amount"] == "1" else many
    return Text(published, f"{about}{duration['amount']} {unit}{condition}{duration['source'] or ''}")
