"""What a slip says: a ticket in its hall becomes blocks, in Indonesian and, if asked for, a second language under it.

Pure. Nothing is invented: what an agency has not published is said to be unpublished, an unknown number of people
ahead is left out, and no time is taken from a clock that is not trusted.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kiosk.domain.catalogue import Catalogue, Fee, FeeKind, Service
from kiosk.domain.language import Language, Text
from kiosk.domain.site import Site
from kiosk.domain.ticket import Stop, Ticket
from kiosk.domain.wording import (
    back_before,
    clock_time,
    counter_names,
    floor_name,
    long_date,
    number_ranges,
    rupiah,
    wait_range,
    wait_sentence,
)
from printing import slip_words as words
from printing.blocks import (
    Block,
    Checklist,
    CopyMark,
    Fact,
    Heading,
    Label,
    Lead,
    Mark,
    Phrase,
    Qr,
    Rule,
    StopRow,
    TicketLayout,
)
from printing.printable import clean


@dataclass(frozen=True, slots=True)
class _Room:
    """How much one slip may say: characters of a name and of a sentence, items to bring, ways to complain, whether it
    also says what the agency has not published, and whether day and time stand in one line.
    """

    name: int
    sentence: int
    items: int
    channels: int
    says_unpublished: bool
    has_long_lines: bool


_WIDE: Final = _Room(name=110, sentence=170, items=12, channels=2, says_unpublished=True, has_long_lines=True)
_NARROW: Final = _Room(name=80, sentence=90, items=4, channels=1, says_unpublished=False, has_long_lines=False)
_SLOW: Final = _Room(name=80, sentence=60, items=2, channels=1, says_unpublished=False, has_long_lines=True)
"""At 9600 baud each character takes a millisecond, and the symbol 2 s: 900 characters, of two languages, are left."""

_NOTHING: Final = Text("", "")
_IN_BRACKETS: Final = re.compile(r" \([^()]*\)$")
_PUBLIC_PAGE: Final = "HTTPS://"


def slip_languages(language: Language) -> tuple[Language, ...]:
    """Indonesian always comes first (Perpres 63/2019, art. 25); the visitor's own follows."""
    return (Language.INDONESIAN,) if language is Language.INDONESIAN else (Language.INDONESIAN, language)


def layout(  # noqa: PLR0913  # a slip depends on all of these
    ticket: Ticket,
    site: Site,
    catalogue: Catalogue,
    *,
    copy: int,
    languages: tuple[Language, ...],
    is_compact: bool = False,
    is_slow: bool = False,
    is_in_a_hall: bool = False,
) -> TicketLayout:
    """The slip of `ticket`; `copy` 0 is the first, later ones are marked. `is_compact` is for narrow paper, `is_slow`
    for slow lines, whatever the paper. `is_in_a_hall`: an unknown wait is said to be unknown.

    Raises KeyError when the catalogue or the site does not know a service of the ticket.
    """
    second = next((language for language in languages if language is not Language.INDONESIAN), None)
    room = _SLOW if is_slow else _NARROW if is_compact else _WIDE
    return _Writer(ticket, site, catalogue, second, room, is_in_a_hall).write(copy)


@dataclass(frozen=True, slots=True)
class _Writer:
    ticket: Ticket
    site: Site
    catalogue: Catalogue
    second: Language | None
    room: _Room
    is_in_a_hall: bool

    def write(self, copy: int) -> TicketLayout:
        return TicketLayout(tuple(self._blocks(copy)))

    def _blocks(self, copy: int) -> Iterator[Block]:
        services = [self.catalogue.services[stop.service_id] for stop in self.ticket.stops]
        yield Heading(clean((self.site.name if self.room is _WIDE else self.site.short_name).id, self.room.name))
        yield from self._issued()
        if self.site.is_demonstration:
            yield Lead(self._say(words.DEMONSTRATION), is_strong=True)
        if copy:
            yield CopyMark(self._say(_filled(words.COPY, n=copy)))
        yield Label(clean(self.ticket.label, 12))
        if self.ticket.is_priority:
            yield Mark(self._say(words.PRIORITY))
        queues = {stop.queue_code for stop in self.ticket.stops}
        if len(queues) > 1:
            yield Lead(self._say(_filled(words.ALL_QUEUES, n=len(queues))), is_strong=True)
        for row, (stop, service) in enumerate(zip(self.ticket.stops, services, strict=True)):
            yield Rule(is_heavy=row == 0)
            yield self._stop(stop, service)
        yield from self._way_to_wait()
        yield Rule(is_heavy=True)
        yield from self._checklist(services)
        yield from self._grouped(words.FEE, [self._fee(service.fee) for service in services])
        yield from self._grouped(
            words.FINISHED, [self._finished(service.finishing_time or words.NOT_PUBLISHED) for service in services]
        )
        yield Fact(self._say(words.MISSED), self._say(words.MISSED_RULE))
        yield from self._complaints()
        yield Rule(is_heavy=True)
        yield Lead(self._say(words.SHOW_CODE), is_strong=True)
        if self.ticket.token.startswith(_PUBLIC_PAGE):
            yield Lead(self._say(words.FOLLOW))
        if self.room is not _SLOW or not self.ticket.clock_trusted:
            yield Lead(self._say(words.TODAY_ONLY))
        yield Qr(self.ticket.token)

    def _issued(self) -> Iterator[Lead]:
        if not self.ticket.clock_trusted:
            return
        local = self.ticket.issued_at.astimezone(self.site.timezone)
        day = long_date(local.date(), Language.INDONESIAN)
        time = clock_time(local.time(), Language.INDONESIAN)
        if self.room.has_long_lines:
            yield Lead(Phrase(f"{day} · {time}"))
        else:
            yield Lead(Phrase(day))
            yield Lead(Phrase(_filled(words.ISSUED_AT, time=time).id))

    def _stop(self, stop: Stop, service: Service) -> StopRow:
        return StopRow(
            position=stop.position if len(self.ticket.stops) > 1 else None,
            service=self._name(service.name),
            agency=clean(self.catalogue.agency_of(service).short, self.room.name),
            place=self._place(stop),
            notes=tuple(self._notes(stop)),
        )

    def _place(self, stop: Stop) -> Phrase:
        queue = self.site.queue_by_code[stop.queue_code]

        def in_language(language: Language) -> str:
            parts = (floor_name(self.site, queue, language), counter_names(queue, language))
            return " · ".join(part for part in parts if part)

        place = Text(in_language(Language.INDONESIAN), in_language(Language.ENGLISH))
        return self._say(place if place.id else words.NO_PLACE)

    def _notes(self, stop: Stop) -> Iterator[Phrase]:
        ahead, wait = self.ticket.people_ahead[stop.position - 1], self.ticket.promise_of(stop)
        if ahead is not None and (wait is None or self.room is not _SLOW):  # the wait says more, in as many characters
            text = {0: words.NOBODY_AHEAD, 1: words.ONE_AHEAD}.get(ahead, words.PEOPLE_AHEAD)
            yield self._say(_filled(text, n=ahead))
        if wait is not None:
            say = wait_sentence if self.room is _WIDE else wait_range
            told = Text(*(say(wait, each) for each in (Language.INDONESIAN, Language.ENGLISH)))
            yield self._say(told if self.room is _WIDE else _filled_each(words.WAIT, told))
        elif self.is_in_a_hall and any(self.ticket.promised):
            yield self._say(self._unknown)
        if stop.after:
            yield self._say(_filled(words.AFTER, n=number_ranges(stop.after)))

    @property
    def _unknown(self) -> Text:
        return words.WAIT_UNKNOWN if self.room is _WIDE else words.WAIT_UNKNOWN_SHORT

    def _way_to_wait(self) -> Iterator[Block]:
        """The earliest call that may come: whoever goes for a meal is back by then. Or, once, that nothing is known."""
        if self.room is _SLOW and self.second is not None:  # who is ahead, or the wait itself, is said twice already
            return
        if self.is_in_a_hall and not any(self.ticket.promised):
            yield Lead(self._say(self._unknown))
        first = back_before(self.ticket, self.site)
        if first is not None:
            told = Text(*(clock_time(first, each) for each in (Language.INDONESIAN, Language.ENGLISH)))
            text = Text(words.BACK_BEFORE.id.format(time=told.id), words.BACK_BEFORE.en.format(time=told.en))
            yield Lead(self._say(text), is_strong=True)

    def _checklist(self, services: Sequence[Service]) -> Iterator[Checklist]:
        items = _distinct(self._say(item) for service in services for item in service.requirements)
        if not items:
            return
        # A list that is one line too long prints that line: saying "1 more" would need as much paper.
        shown = items if len(items) <= self.room.items + 1 else items[: self.room.items]
        left_out = len(items) - len(shown)
        yield Checklist(
            title=self._say(words.BRING),
            items=shown,
            left_out=self._say(_filled(words.MORE_TO_BRING, n=left_out)) if left_out else None,
        )

    def _grouped(self, name: Text, values: Sequence[Text]) -> Iterator[Fact]:
        """One fact where all services agree, else one for each different value, naming its services."""
        distinct = [
            value for value in dict.fromkeys(values) if self.room.says_unpublished or value != words.NOT_PUBLISHED
        ]
        for row, value in enumerate(distinct):
            shown = value
            if len(set(values)) > 1:
                positions = [position for position, other in enumerate(values, start=1) if other == value]
                numbers = number_ranges(positions)
                shown = Text(
                    words.OF_SERVICES.id.format(n=numbers, value=value.id),
                    words.OF_SERVICES.en.format(n=numbers, value=value.en),
                )
            yield Fact(self._say(name if row == 0 else _NOTHING), self._say(shown))

    def _fee(self, fee: Fee) -> Text:
        match fee.kind:
            case FeeKind.FREE:
                text = words.FREE
            case FeeKind.FIXED if fee.amount_idr is not None:
                text = Text(rupiah(fee.amount_idr, Language.INDONESIAN), rupiah(fee.amount_idr, Language.ENGLISH))
            case FeeKind.VARIES:
                text = words.FEE_VARIES
            case _:
                text = words.NOT_PUBLISHED
        is_whole = fee.note_en is None or self.room is _SLOW
        return text if is_whole else Text(text.id, f"{text.en} ({fee.note_en})")

    def _finished(self, time: Text) -> Text:
        """Without what stands in brackets behind it, its source, where every character is waited for."""
        return Text(*(_IN_BRACKETS.sub("", text) for text in (time.id, time.en))) if self.room is _SLOW else time

    def _complaints(self) -> Iterator[Fact]:
        channels = self.site.complaint_channels[: self.room.channels]
        if channels:
            text = ", ".join(channels)
            yield Fact(self._say(words.COMPLAINTS), self._say(Text(text, text)))

    def _name(self, text: Text) -> Phrase:
        return self._phrase(text, self.room.name)

    def _say(self, text: Text) -> Phrase:
        return self._phrase(text, self.room.sentence)

    def _phrase(self, text: Text, limit: int) -> Phrase:
        first = clean(text.id, limit)
        translation = clean(text.in_language(self.second), limit) if self.second else ""
        return Phrase(first, "" if translation == first else translation)


def _filled(text: Text, **values: object) -> Text:
    return Text(text.id.format(**values), text.en.format(**values))


def _filled_each(text: Text, wait: Text) -> Text:
    return Text(text.id.format(wait=wait.id), text.en.format(wait=wait.en))


def _distinct(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """The first of each that reads the same, in order; what has no printable text at all goes."""
    return tuple({phrase.text.casefold(): phrase for phrase in reversed(tuple(phrases)) if phrase.text}.values())[::-1]
