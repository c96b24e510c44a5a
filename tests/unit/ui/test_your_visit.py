"""Every answer to a slip before the kiosk's scanner in words, in both languages."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalogue_file import load_catalogue
from kiosk.domain.language import Language
from kiosk.domain.site import shown_agencies
from kiosk.domain.ticket import StopState, Wait
from kiosk.domain.visit_status import StopStatus, VisitStatus, VisitVerdict
from kiosk.paths import resource_path
from kiosk.site_file import load_site
from ui.sample_hall import SHIPPED_SITE
from ui.tour_visits import visits
from ui.visitor.describer import Describer
from ui.visitor.hall import Hall, make_hall
from ui.visitor.rows import YourVisitView
from ui.visitor.view_model import KioskViewModel
from ui.visitor.visit_sayings import BY_STATE, BY_VERDICT, READING, RETURNED, Tone
from ui.visitor.your_visit import describe_visit

LOST_ID = "dukcapil.ktp-hilang"
LOST_REPORT = "polda.lapor-hilang"
"""Comes before it, by the sample hall's rules."""
ID, EN = Language


def sample() -> Hall:
    folder = resource_path("assets/catalogue")
    catalogue = load_catalogue(folder / "mpp-jakarta.json", folder / "service-numbers.json")
    site = load_site(resource_path(SHIPPED_SITE), catalogue)
    return make_hall(site, catalogue, shown_agencies(catalogue, site))


HALL = sample()
COUNTER = "9"
"""The first one that serves it, on the first floor."""


def told(status: VisitStatus | None, language: Language = ID) -> YourVisitView:
    return describe_visit(Describer(HALL, language, {}, None), status)


def found(*stops: StopStatus, verdict: VisitVerdict = VisitVerdict.FOUND) -> VisitStatus:
    return VisitStatus(verdict, "D-045", stops=stops)


def stop(state: StopState, service_id: str = LOST_ID, **facts: object) -> StopStatus:
    return StopStatus(service_id, state, **facts)  # type: ignore[arg-type]  # as the test spells them


@pytest.mark.parametrize(
    ("one", "indonesian", "english"),
    [
        (stop(StopState.CALLED, counter=COUNTER), "Silakan ke Loket 9, Lantai 1", "Please go to Counter 9, Floor 1"),
        (
            stop(StopState.CALLED),
            "Silakan ke loket yang tampil di layar ruang tunggu",
            "Please go to the counter shown in the waiting room",
        ),
        (stop(StopState.CALLED, counter="9999"), "Silakan ke Loket 9999", "Please go to Counter 9999"),
        (
            stop(StopState.SERVING, counter=COUNTER),
            "Sedang dilayani di Loket 9, Lantai 1",
            "Being served at Counter 9, Floor 1",
        ),
        (stop(StopState.WAITING), "Menunggu dipanggil", "Waiting to be called"),
        (stop(StopState.WAITING, ahead=0), "Anda yang berikutnya", "You are next"),
        (stop(StopState.WAITING, ahead=1), "1 orang di depan Anda", "1 person ahead of you"),
        (stop(StopState.WAITING, ahead=12), "12 orang di depan Anda", "12 people ahead of you"),
        (stop(StopState.WAITING, ahead=3, returned=True), "Kembali dalam antrean", "Back in the queue"),
        (stop(StopState.PENDING), "Menyusul sesudah layanan lain", "Comes after another service"),
        (
            stop(StopState.PARKED),
            "Ditunda; kembali ke loket tadi bila sudah siap",
            "On hold; go back to the counter when ready",
        ),
        (
            stop(StopState.NO_SHOW),
            "Panggilan terlewat; pindai lagi sesudah dilayani",
            "Call missed; scan again once you are served",
        ),
        (stop(StopState.COMPLETED), "Selesai", "Done"),
        (stop(StopState.TRANSFERRED), "Dialihkan ke layanan lain", "Passed on to another service"),
        (stop(StopState.CANCELLED), "Dibatalkan", "Cancelled"),
        (stop(StopState.EXPIRED), "Tidak berlaku lagi", "No longer valid"),
    ],
)
def test_state_of_a_service(one: StopStatus, indonesian: str, english: str) -> None:
    assert [told(found(one), language).stops[0].state_text for language in (ID, EN)] == [indonesian, english]


def test_wait_is_told_of_who_waits_and_nobody_else() -> None:
    known = stop(StopState.WAITING, ahead=2, wait=Wait(1200, 2100))
    assert told(found(known)).stops[0].wait_text == "Perkiraan tunggu 20-35 menit"
    assert told(found(stop(StopState.WAITING, ahead=2))).stops[0].wait_text == "Lama tunggu belum bisa diperkirakan"
    back = stop(StopState.WAITING, ahead=3, wait=Wait(300, 600), returned=True)
    assert told(found(back)).stops[0].wait_text == "3 orang di depan Anda · Perkiraan tunggu 5-10 menit"
    for state in set(StopState) - {StopState.WAITING}:
        assert not told(found(stop(state))).stops[0].wait_text


def test_what_must_come_first_is_named_until_it_is_done() -> None:
    waits = stop(StopState.WAITING, ahead=2)
    before = stop(StopState.WAITING, LOST_REPORT, ahead=0)
    rows = {row.service_name: row.state_text for row in told(found(waits, before)).stops}
    assert sorted(rows.values()) == ["Anda yang berikutnya", "Menyusul sesudah Polda Metro Jaya"]
    rows = {
        row.service_name: row.state_text for row in told(found(waits, stop(StopState.COMPLETED, LOST_REPORT))).stops
    }
    assert sorted(rows.values()) == ["2 orang di depan Anda", "Selesai"]


def test_paper_alone_promises_nothing() -> None:
    view = told(found(stop(StopState.WAITING), verdict=VisitVerdict.FROM_PAPER))
    assert (view.stops[0].state_text, view.stops[0].wait_text) == ("", "")
    assert view.stops[0].place_text.startswith("Lantai 1")
    assert view.headline == "Tiket Anda berlaku"


def test_most_urgent_is_said_first() -> None:
    view = told(found(stop(StopState.COMPLETED), stop(StopState.WAITING, LOST_REPORT, ahead=1)))
    assert [row.state_text for row in view.stops] == ["1 orang di depan Anda", "Selesai"]
    assert view.headline == "Anda dalam antrean"


def test_call_that_is_on_now_is_more_than_the_one_that_was_missed() -> None:
    back = stop(StopState.WAITING, LOST_REPORT, ahead=3, returned=True)
    assert told(found(back, verdict=VisitVerdict.RETURNED)).headline == "Anda kembali dalam antrean"
    called = stop(StopState.CALLED, counter=COUNTER)
    view = told(found(back, called, verdict=VisitVerdict.RETURNED))
    assert view.headline == "Anda sedang dipanggil"
    assert view.advice == "Silakan ke Loket 9, Lantai 1 sekarang."
    assert [row.state_text for row in view.stops] == ["Silakan ke Loket 9, Lantai 1", "Kembali dalam antrean"]


def test_service_that_this_catalogue_does_not_know_is_left_out() -> None:
    view = told(found(stop(StopState.WAITING, "gone.service"), stop(StopState.WAITING, ahead=1)))
    assert len(view.stops) == view.stop_count == 1


def test_who_is_called_for_a_service_that_this_catalogue_does_not_know_hears_of_it() -> None:
    view = told(found(stop(StopState.CALLED, "new.service", counter=COUNTER), stop(StopState.COMPLETED)))
    assert view.headline == "Anda sedang dipanggil"
    assert "Loket 9, Lantai 1" in view.advice
    view = told(found(stop(StopState.WAITING, "new.service")))
    assert (view.headline, view.offers_number) == ("Anda dalam antrean", False)


def test_day_of_a_ticket_is_named_where_it_is_known() -> None:
    assert "Minggu, 22 November 2026" in told(VisitStatus(VisitVerdict.OTHER_DAY, "", date(2026, 11, 22))).advice
    assert told(VisitStatus(VisitVerdict.OTHER_DAY)).advice.startswith("Tiket ini dari hari lain.")


def test_until_the_answer_is_there_it_says_so() -> None:
    assert told(None).headline == "Membaca tiket Anda"
    assert told(None, EN).headline == "Reading your ticket"


def test_each_verdict_has_words_of_its_own() -> None:
    own = [told(VisitStatus(verdict), language).headline for verdict, language in product(BY_VERDICT, Language)]
    assert len(set(own)) == len(BY_VERDICT) * len(Language)
    assert set(BY_VERDICT) == set(VisitVerdict) - {VisitVerdict.FOUND, VisitVerdict.RETURNED}


def test_tones_and_symbols_are_there() -> None:
    assert {tone.name.title(): tone.value for tone in Tone} == {tone.name: tone.value for tone in KioskViewModel.Tone}
    views = [told(status) for _, status in visits(HALL, date(2026, 11, 22))]
    symbols = {saying.symbol for saying in (READING, RETURNED, *BY_VERDICT.values(), *BY_STATE.values())}
    symbols |= {row.symbol for view in views for row in view.stops}
    symbols |= {told(found(stop(state))).stops[0].symbol for state in StopState}
    for symbol in symbols:
        assert (resource_path("assets/icons") / f"{symbol}.svg").is_file(), symbol


def test_a_new_number_is_offered_where_this_one_is_of_no_use() -> None:
    assert {verdict for verdict, saying in BY_VERDICT.items() if saying.offers_number} == {
        VisitVerdict.OTHER_DAY,
        VisitVerdict.OTHER_SITE,
        VisitVerdict.UNKNOWN,
    }
    assert {state for state, saying in BY_STATE.items() if saying.offers_number} == {
        StopState.CANCELLED,
        StopState.EXPIRED,
    }


_SERVICES = st.sampled_from(sorted(HALL.site.queue_by_service))
_STOPS = st.builds(
    StopStatus,
    _SERVICES,
    st.sampled_from(StopState),
    st.none() | st.integers(0, 500),
    st.none() | st.builds(Wait, st.integers(0, 7200), st.integers(7200, 14400)),
    st.none() | st.integers(1, 300).map(str),
    st.booleans(),
)


@given(
    st.sampled_from(VisitVerdict),
    st.sampled_from(Language),
    st.none() | st.dates(),
    st.lists(_STOPS, max_size=6, unique_by=lambda each: each.service_id),
)
def test_every_answer_is_told_whole(
    verdict: VisitVerdict, language: Language, day: date | None, stops: list[StopStatus]
) -> None:
    """Nothing is left to fill in, no service is lost, and who is called is led to the counter."""
    view = told(VisitStatus(verdict, "D-045", day, tuple(stops)), language)
    assert view.headline
    assert view.advice
    assert view.stop_count == len(stops)
    for words in (view.headline, view.advice, *(row.state_text + row.wait_text + row.place_text for row in view.stops)):
        assert "{" not in words
        assert "None" not in words
    is_called = any(each.state is StopState.CALLED for each in stops)
    is_live = verdict in {VisitVerdict.FOUND, VisitVerdict.RETURNED}
    assert (view.tone == Tone.GO) == (is_called and is_live)
