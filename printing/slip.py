"""Ticket in, bytes out: what the spooler is given to draw slips with."""

from kiosk.domain.catalogue import Catalogue
from kiosk.domain.site import Site
from kiosk.domain.ticket import Ticket
from printing.blocks import TicketLayout
from printing.escpos_builder import load_escpos
from printing.profile import Profile
from printing.raster_renderer import render_raster
from printing.ticket_layout import layout, slip_languages


def slip_layout(ticket: Ticket, site: Site, catalogue: Catalogue, profile: Profile, copy: int) -> TicketLayout:
    """The slip in the ticket's language, as wordy as the paper is wide."""
    return layout(
        ticket,
        site,
        catalogue,
        copy=copy,
        languages=slip_languages(ticket.language),
        is_compact=profile.is_compact,
    )


class SlipRenderer:
    """Call it with a ticket and the number of the copy. `prepare` may be called early, on any thread: it loads what the
    first slip would otherwise wait for, about 0.3 s.
    """

    def __init__(self, site: Site, catalogue: Catalogue, profile: Profile) -> None:
        self._site = site
        self._catalogue = catalogue
        self._profile = profile

    def prepare(self) -> None:
        load_escpos()

    def __call__(self, ticket: Ticket, copy: int) -> bytes:
        return render_raster(
            slip_layout(ticket, self._site, self._catalogue, self._profile, copy),
            self._profile,
        )
