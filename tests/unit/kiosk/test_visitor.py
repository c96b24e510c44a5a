"""A visitor's way to a ticket, as values."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain import visitor
from kiosk.domain.language import Language
from kiosk.domain.ticket import MAX_STOPS
from kiosk.domain.visitor import HOME, MAX_QUERY, TEXT_SCALES, Place, Problem, Step, VisitorSession

NEW = VisitorSession("key", Language.INDONESIAN)
AGENCIES = Place(Step.AGENCIES)
SERVICE = Place(Step.SERVICE, "a.one")


def on(*places: Place) -> VisitorSession:
    return replace(NEW, route=(HOME, *places))


def test_coming_again_to_a_place_on_the_route_goes_back_to_it() -> None:
    session = visitor.opened(on(AGENCIES, SERVICE), AGENCIES)
    assert session.route == (HOME, AGENCIES)


def test_back_stops_at_the_first_place() -> None:
    assert visitor.went_back(visitor.went_back(on(AGENCIES))).route == (HOME,)


def test_home_forgets_the_query() -> None:
    session = visitor.went_home(replace(on(AGENCIES), query="ktp"))
    assert (session.route, session.query) == ((HOME,), "")


def test_a_life_event_opens_with_nothing_ticked() -> None:
    ticked = replace(on(), selected=("a.one",))
    assert visitor.opened(ticked, Place(Step.LIFE_EVENT, "menikah")).selected == ()


def test_ticks_survive_a_look_at_one_of_the_services() -> None:
    event = Place(Step.LIFE_EVENT, "menikah")
    looking = visitor.opened(replace(on(event), selected=("a.one",)), SERVICE)
    assert visitor.went_back(looking).selected == ("a.one",)


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("", "k", "k"),
        ("k", "tp", "ktp"),
        ("", " ", ""),
        ("k", " ", "k "),
        ("k ", " ", "k "),
        ("", "a\x1b\n\u202eb", "ab"),
    ],
)
def test_typing_keeps_what_says_something(before: str, text: str, after: str) -> None:
    assert visitor.typed(replace(NEW, query=before), text).query == after


def test_a_query_has_an_end() -> None:
    assert len(visitor.typed(NEW, "x" * 1000).query) == MAX_QUERY


def test_text_sizes_come_round() -> None:
    session = NEW
    seen = []
    for _ in TEXT_SCALES:
        seen.append(session.text_scale)
        session = visitor.scaled(session)
    assert tuple(seen) == TEXT_SCALES
    assert session == NEW


def test_a_ticket_taken_on_a_service_page_is_for_the_visit_and_that_service() -> None:
    session = visitor.asked_for_ticket(replace(on(SERVICE), chosen=("b.two",)))
    assert session.route[-1].step is Step.PRIORITY
    assert session.wanted == ("b.two", "a.one")
    assert session.chosen == ("b.two",), "going back must not have added it"


def test_a_service_already_in_the_visit_is_wanted_once() -> None:
    assert visitor.asked_for_ticket(replace(on(SERVICE), chosen=("a.one",))).wanted == ("a.one",)


def test_an_empty_visit_gets_no_question() -> None:
    session = on(Place(Step.VISIT))
    assert visitor.asked_for_ticket(session) == session


def test_a_fifth_service_is_refused_in_words() -> None:
    full = replace(on(SERVICE), chosen=("w", "x", "y", "z"))
    assert visitor.asked_for_ticket(full) == replace(full, problem=Problem.VISIT_FULL)
    assert visitor.added(full, "v") == replace(full, problem=Problem.VISIT_FULL)
    assert visitor.toggled(full, "v") == replace(full, problem=Problem.VISIT_FULL)


def test_what_is_ticked_joins_the_visit() -> None:
    event = Place(Step.LIFE_EVENT, "menikah")
    session = visitor.continued(replace(on(event), selected=("a", "b"), chosen=("b",)))
    assert (session.chosen, session.selected, session.route[-1].step) == (("b", "a"), (), Step.VISIT)


def test_a_refusal_goes_back_to_where_one_may_choose_again() -> None:
    asked = replace(visitor.asked_for_ticket(on(SERVICE)), is_issuing=True)
    assert visitor.refused(asked, Problem.QUEUE_CLOSED) == replace(on(SERVICE), problem=Problem.QUEUE_CLOSED)


def test_the_request_carries_the_session_key() -> None:
    request = visitor.asked_for_ticket(on(SERVICE)).request(is_priority=True)
    assert (request.session_key, request.service_ids, request.is_priority) == ("key", ("a.one",), True)


@given(st.lists(st.sampled_from("abcdefg"), max_size=30))
def test_a_visit_never_outgrows_the_token(services: list[str]) -> None:
    session = on(Place(Step.LIFE_EVENT, "menikah"))
    for number, service in enumerate(services):
        session = visitor.added(session, service) if number % 2 else visitor.toggled(session, service)
        session = visitor.continued(session) if number % 5 == 4 else session
        assert len(session.chosen) <= MAX_STOPS
        assert len(set(session.chosen)) == len(session.chosen)
