"""The renderer that the spooler is given."""

from dataclasses import replace

from printing.profile import find_profile
from printing.raster_renderer import render_raster
from printing.slip import SlipRenderer
from printing.typeface import word_mask
from tests.sample_slips import paper_catalogue, paper_layout, paper_site, paper_ticket

PROFILE = find_profile("generic-80mm")


def test_slip_is_in_the_tickets_language_and_as_wordy_as_its_paper() -> None:
    ticket = paper_ticket()
    slips = SlipRenderer(paper_site(), paper_catalogue(), PROFILE)
    assert slips(ticket, 1, PROFILE) == render_raster(paper_layout(ticket, PROFILE, 1), PROFILE)


def test_prepared_renderer_has_the_shared_words_at_hand() -> None:
    slips = SlipRenderer(paper_site(), paper_catalogue(), PROFILE)
    word_mask.cache_clear()
    slips(paper_ticket(), 0, PROFILE)
    drawn_cold = word_mask.cache_info().misses
    word_mask.cache_clear()
    slips.prepare()
    prepared = word_mask.cache_info().misses
    slips(paper_ticket(), 0, PROFILE)
    assert word_mask.cache_info().misses - prepared < drawn_cold * 0.6


def test_labels_do_not_pile_up_in_memory() -> None:
    """70 kB each, and no two alike: 2,000 of them would be most of what a kiosk may use."""
    slips = SlipRenderer(paper_site(), paper_catalogue(), PROFILE)
    ticket = paper_ticket()
    slips(ticket, 0, PROFILE)
    kept = word_mask.cache_info().currsize
    for number in range(1, 6):
        slips(replace(ticket, number=number, label=f"D-{number:03d}"), 0, PROFILE)
    assert word_mask.cache_info().currsize == kept
