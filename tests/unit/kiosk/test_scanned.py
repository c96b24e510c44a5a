"""What a scanner typed is a ticket, a label or nothing, and never an error."""

import os
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.desk.scanned import Label, Nothing, Reason, Scanned, Token, read_scan
from kiosk.domain.ticket import TicketId
from kiosk.domain.token import Claims, KioskKey, Valid, build_payload, sign, verify
from kiosk.identity import Identity, new_identity
from kiosk.sync.desk_wire import MOST_SCANNED
from tests.keyboards import LAYOUTS, typed_on

_KIOSK = new_identity()
_KEYS = {_KIOSK.key_id: KioskKey(_KIOSK.public_key, 7, 3)}
_NIGHTLY = int(os.environ.get("GILIRAN_SCANS", "0"))
"""How many inputs a nightly run tries: GILIRAN_SCANS=1000000."""


def token(number: int = 45, services: tuple[int, ...] = (11,), url: str | None = None, by: Identity = _KIOSK) -> str:
    ticket = TicketId(f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}")
    claims = Claims(by.key_id, 7, 3, date(2026, 11, 22), 4, 0, number, 600, ticket, services)
    return sign(build_payload(claims), by.sign, url)


def is_genuine(text: str) -> bool:
    return isinstance(verify(text, _KEYS, 7), Valid)


@given(
    number=st.integers(1, 0xFFFF),
    services=st.lists(st.integers(1, 0xFFFF), max_size=4).map(tuple),
    url=st.sampled_from([None, "HTTPS://ANTRI.GO.ID"]),
    keyboard=st.tuples(st.sampled_from(LAYOUTS), st.booleans()),
    around=st.tuples(
        st.sampled_from(["", "]Q3", "\x02", "scan:", "AB2"]), st.sampled_from(["", "\r", "\n", "\r\n", "\t", "  "])
    ),
)
def test_a_token_is_read_whatever_the_keyboard_made_of_it(
    number: int, services: tuple[int, ...], url: str | None, keyboard: tuple[str, bool], around: tuple[str, str]
) -> None:
    printed = token(number, services, url)
    typed = around[0] + typed_on(keyboard[0], printed, caps=keyboard[1]) + around[1]
    bare = printed.rpartition("/" if url else ".")[2]
    assert read_scan(typed, is_genuine) == Token(f"K1.{bare}")


def test_of_two_ways_to_read_it_the_signature_decides_and_without_it_the_text_as_it_stands() -> None:
    genuine = next(text for text in map(token, range(1, 50)) if {"Y", "Z"} & set(text[3:]))
    typed = typed_on("de-qwertz", genuine)
    assert typed != genuine
    assert read_scan(typed, is_genuine) == Token(genuine)
    strangers = token(by=new_identity())
    assert read_scan(strangers, is_genuine) == Token(strangers)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("D-045", "D-045"),
        ("d45", "D-045"),
        (" d 45 ", "D-045"),
        ("D.045", "D-045"),
        ("antrean d-7k", "D-007K"),
        ("Nomor antrean AB 12", "AB-012"),
        ("no. D-1234", "D-1234"),
        ("d007k2", "D-007K2"),
    ],
)
def test_a_label_is_read_as_people_type_it(typed: str, label: str) -> None:
    assert read_scan(typed) == Label(label)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Reason.EMPTY),
        (" \r\n", Reason.EMPTY),
        ("7" * 7089, Reason.TOO_LONG),
        ("A" * (MOST_SCANNED + 1), Reason.TOO_LONG),
        pytest.param(token()[:-9], Reason.PART, id="its end is missing"),
        pytest.param(token()[70:], Reason.PART, id="its beginning is missing"),
        ("8991002101234", Reason.OTHER),
        ("https://example.org/menu", Reason.OTHER),
        ("D-000", Reason.OTHER),
        ("D-1234567", Reason.OTHER),
        ("\x00\x1b[15~", Reason.OTHER),
        ("D-٤٥", Reason.OTHER),
    ],
)
def test_all_else_is_nothing(typed: str, reason: Reason) -> None:
    assert read_scan(typed) == Nothing(reason)


def anything() -> st.SearchStrategy[str]:
    """Text of every kind, with lone surrogates; and tickets that were bent a little."""
    bent = st.builds(
        lambda number, at, what: token(number)[:at] + what + token(number)[at + 1 :],
        st.integers(1, 200),
        st.integers(0, 150),
        st.text(max_size=3),
    )
    return st.one_of(
        st.text(st.characters(), max_size=600),
        st.binary(max_size=600).map(lambda raw: raw.decode("latin-1")),
        st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcxyz.:/-é\"'(§è?,", max_size=200),
        bent,
    )


def check(text: str) -> None:
    read: Scanned = read_scan(text, is_genuine)
    if isinstance(read, Token):
        assert len(read.text) <= 154
    if len(text) > MOST_SCANNED:
        assert read == Nothing(Reason.TOO_LONG)


@given(anything())
def test_q1_nothing_that_is_typed_raises(text: str) -> None:
    check(text)


@pytest.mark.skipif(not _NIGHTLY, reason="nightly: GILIRAN_SCANS=1000000")
@settings(max_examples=max(_NIGHTLY, 1))
@given(anything())
def test_q1_nothing_that_is_typed_raises_all_night(text: str) -> None:
    check(text)
