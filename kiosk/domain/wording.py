"""How dates, times, money and places are written, on screens and on paper alike, in each of the visitor's languages.

Explicit tables: no locale of the machine decides how an Indonesian public office writes a date.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby

from kiosk.domain.language import Language, Text
from kiosk.domain.site import Queue, Site, TimeRange
from kiosk.domain.ticket import Ticket, Wait
from kiosk.domain.wait import back_within_s

_WEEKDAYS = (
    Text("Senin", "Monday"),
    Text("Selasa", "Tuesday"),
    Text("Rabu", "Wednesday"),
    Text("Kamis", "Thursday"),
    Text("Jumat", "Friday"),
    Text("Sabtu", "Saturday"),
    Text("Minggu", "Sunday"),
)
_MONTHS = (
    Text("Januari", "January"),
    Text("Februari", "February"),
    Text("Maret", "March"),
    Text("April", "April"),
    Text("Mei", "May"),
    Text("Juni", "June"),
    Text("Juli", "July"),
    Text("Agustus", "August"),
    Text("September", "September"),
    Text("Oktober", "October"),
    Text("November", "November"),
    Text("Desember", "December"),
)
_FLOOR = Text("Lantai", "Floor")
_COUNTER = Text("Loket", "Counter")
_TODAY = Text("hari ini", "today")
_TOMORROW = Text("besok", "tomorrow")
_WAIT = Text("{low}-{high} menit", "{low}-{high} minutes")
_WAIT_EXACT = Text("sekitar {high} menit", "about {high} minutes")
_WAIT_SHORT = Text("paling lama {high} menit", "{high} minutes at most")
_WAIT_UNKNOWN = Text("belum bisa diperkirakan", "cannot be estimated yet")
_WAIT_SENTENCE = Text("Perkiraan tunggu {wait}", "Estimated wait {wait}")
_WAIT_UNKNOWN_SENTENCE = Text("Lama tunggu {wait}", "The wait {wait}")
_REOPENS = Text("Buka lagi {day} pukul {time}.", "Opens again {day} at {time}.")


def weekday_name(day: date, language: Language) -> str:
    return _WEEKDAYS[day.weekday()].in_language(language)


def long_date(day: date, language: Language) -> str:
    """`Sabtu, 21 November 2026`, `Saturday, 21 November 2026`."""
    month = _MONTHS[day.month - 1].in_language(language)
    return f"{weekday_name(day, language)}, {day.day} {month} {day.year}"


def clock_time(local: time, language: Language) -> str:
    """`09.41` as Indonesian writes it, `09:41` in English. `local` is wall time at the site."""
    return local.strftime("%H:%M" if language is Language.ENGLISH else "%H.%M")


def wait_range(wait: Wait | None, language: Language) -> str:
    """`20-35 menit`; `belum bisa diperkirakan` where nothing can be said."""
    if wait is None:
        return _WAIT_UNKNOWN.in_language(language)
    low, high = wait.low_s // 60, wait.high_s // 60
    text = _WAIT_SHORT if low == 0 else _WAIT_EXACT if low == high else _WAIT
    filled = text.in_language(language).format(low=low, high=high)
    return filled.replace("1 minutes", "1 minute") if high == 1 else filled


def wait_sentence(wait: Wait | None, language: Language) -> str:
    """`Perkiraan tunggu 20-35 menit`."""
    text = _WAIT_SENTENCE if wait is not None else _WAIT_UNKNOWN_SENTENCE
    return text.in_language(language).format(wait=wait_range(wait, language))


def back_before(ticket: Ticket, site: Site) -> time | None:
    """Before when the visitor of this ticket is hardly ever called (kiosk.domain.wait.back_within_s), by the site's
    wall; None where that is too soon to go anywhere, where of some stop nobody knows, or where the clock cannot be
    trusted.
    """
    within_s = back_within_s([ticket.promise_of(stop) for stop in ticket.stops if not stop.after])
    if not ticket.clock_trusted or within_s is None:
        return None
    first = ticket.issued_at.astimezone(site.timezone) + timedelta(seconds=within_s)
    return first.replace(minute=first.minute - first.minute % 5, second=0, microsecond=0).time()


def rupiah(amount: int, language: Language) -> str:
    """`Rp50.000` by Indonesian spelling (PUEBI), `Rp 50,000` in English."""
    grouped = f"{amount:,}"
    return f"Rp {grouped}" if language is Language.ENGLISH else f"Rp{grouped.replace(',', '.')}"


def joined(items: Sequence[str], language: Language) -> str:
    """`A`, `A dan B`, `A, B, dan C`; `A and B`, `A, B and C`."""
    if len(items) < 2:
        return "".join(items)
    head, last = ", ".join(items[:-1]), items[-1]
    if language is Language.ENGLISH:
        return f"{head} and {last}"
    return f"{head} dan {last}" if len(items) == 2 else f"{head}, dan {last}"


def number_ranges(numbers: Iterable[int]) -> str:
    """Runs of three or more are drawn together with an en dash: "5-8, 12" as typographers set it."""
    runs = groupby(enumerate(sorted(set(numbers))), key=lambda pair: pair[1] - pair[0])
    parts: list[str] = []
    for _, run in runs:
        members = [number for _, number in run]
        if len(members) > 2:
            parts.append(f"{members[0]}–{members[-1]}")  # noqa: RUF001  # an en dash is what ranges are set with
        else:
            parts += [str(number) for number in members]
    return ", ".join(parts)


def floor_name(site: Site, queue: Queue, language: Language) -> str:
    """`Lantai 2`; `Lantai 1 dan 2` where counters stand on several; empty where no counter is known."""
    floors = site.floors_of(queue)
    if not floors:
        return ""
    return f"{_FLOOR.in_language(language)} {joined([str(floor) for floor in floors], language)}"


def counter_names(queue: Queue, language: Language) -> str:
    """`Loket 5`, `Counters 5, 6`; empty where no counter is known."""
    if not queue.counters:
        return ""
    word = _COUNTER.in_language(language)
    plural = "s" if language is Language.ENGLISH and len(queue.counters) > 1 else ""
    return f"{word}{plural} {number_ranges(counter.number for counter in queue.counters)}"


def hours(ranges: Iterable[TimeRange], language: Language) -> str:
    """Such as "07.30-12.00, 13.00-16.00", set with en dashes; empty on a closed day."""
    return ", ".join(
        f"{clock_time(each.opens, language)}–{clock_time(each.closes, language)}"  # noqa: RUF001
        for each in ranges
    )


def reopening(at: datetime, now: datetime, language: Language) -> str:
    """`Buka lagi besok pukul 07.30.`; both times are in the site's time zone."""
    days = (at.date() - now.date()).days
    when = long_date(at.date(), language)
    if days < 2:
        when = (_TODAY, _TOMORROW)[days].in_language(language)
    template = _REOPENS.in_language(language)
    return template.format(day=when, time=clock_time(at.time(), language))
