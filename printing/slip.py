"""Ticket in, bytes out: what the spooler is given to draw slips with."""

from typing import TYPE_CHECKING

from kiosk.domain.catalogue import Catalogue
from kiosk.domain.language import Text
from kiosk.domain.site import Site
from kiosk.domain.ticket import Ticket
from printing.profile import Profile, Renderer

if TYPE_CHECKING:
    from printing.blocks import TicketLayout


def slip_layout(  # noqa: PLR0913  # as `layout`
    ticket: Ticket, site: Site, catalogue: Catalogue, profile: Profile, copy: int, *, is_in_a_hall: bool = False
) -> "TicketLayout":
    """The slip in the ticket's language, as wordy as the paper is wide and the line is fast."""
    from printing.ticket_layout import layout, slip_languages  # noqa: PLC0415  # no first frame waits for a slip

    return layout(
        ticket,
        site,
        catalogue,
        copy=copy,
        languages=slip_languages(ticket.language),
        is_compact=profile.is_compact,
        is_slow=profile.renderer is Renderer.TEXT,
        is_in_a_hall=is_in_a_hall,
    )


class SlipRenderer:
    """Call it with a ticket, the number of the copy and the printer's profile. `prepare` may be called early, on any
    thread: it loads the ESC/POS library, the font and the shapes of the fixed words, for which the first slip of
    `profiles` would otherwise wait 0.5 s. `is_in_a_hall`: there is a server that could promise a wait.
    """

    def __init__(self, site: Site, catalogue: Catalogue, *profiles: Profile, is_in_a_hall: bool = False) -> None:
        self._is_in_a_hall = is_in_a_hall
        self._site = site
        self._catalogue = catalogue
        self._profiles = profiles

    def prepare(self) -> None:
        import printing.ticket_layout  # noqa: F401, PLC0415  # as in slip_layout

        for profile in self._profiles:
            _render(_every_word(self._site), profile)

    def __call__(self, ticket: Ticket, copy: int, profile: Profile) -> bytes:
        slip = slip_layout(ticket, self._site, self._catalogue, profile, copy, is_in_a_hall=self._is_in_a_hall)
        return _render(slip, profile)


def _render(slip: "TicketLayout", profile: Profile) -> bytes:
    if profile.renderer is Renderer.TEXT:
        from printing.text_renderer import render_text  # noqa: PLC0415  # as below

        return render_text(slip, profile)
    from printing.raster_renderer import render_raster  # noqa: PLC0415  # loads Pillow, which no first frame waits for

    return render_raster(slip, profile)


def _every_word(site: Site) -> "TicketLayout":
    """A slip for nobody, in every style, with all the words that slips share."""
    from printing import blocks, slip_words  # noqa: PLC0415  # as above

    words = tuple(blocks.Phrase(text.id, text.en) for text in vars(slip_words).values() if isinstance(text, Text))
    return blocks.TicketLayout(
        (
            blocks.Heading(site.name.id),
            blocks.Lead(words[0]),
            blocks.CopyMark(words[0]),
            blocks.Label("A-000"),
            blocks.Mark(words[0]),
            *(blocks.Lead(word, is_strong=True) for word in words),
            blocks.StopRow(1, words[0], site.short_name.id, words[0], ()),
            blocks.Checklist(words[0], words[:1], None),
            *(blocks.Fact(word, word) for word in words),
            blocks.Qr("A"),
        )
    )
