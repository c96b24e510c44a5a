import json
import re
import struct
from base64 import b32decode, b32encode
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.domain.ticket import MAX_STOPS, TicketId
from kiosk.domain.token import (
    Claims,
    KioskKey,
    Parsed,
    Reason,
    Refused,
    Valid,
    build_payload,
    parse,
    sign,
    verify,
)

DOCUMENT: Final = (Path(__file__).parents[3] / "docs" / "ticket-token.md").read_text(encoding="utf-8")
VECTORS: Final[dict[str, Any]] = json.loads(DOCUMENT.partition("```json\n")[2].partition("```")[0])
SITE: Final[int] = VECTORS["site_number"]
KEYS: Final = {
    key["key_id"]: Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key["private_key"])) for key in VECTORS["trust"]
}
TRUST: Final = {
    key["key_id"]: KioskKey(bytes.fromhex(key["public_key"]), key["site_number"], key["kiosk_number"])
    for key in VECTORS["trust"]
}
KEY_ID: Final = VECTORS["trust"][0]["key_id"]

CLAIMS: Final = st.builds(
    Claims,
    key_id=st.just(KEY_ID),
    site_number=st.just(SITE),
    kiosk_number=st.just(1),
    service_day=st.dates(date(2020, 1, 1), date(2199, 6, 6)),
    queue_number=st.integers(1, 255),
    series=st.integers(0, 255),
    number=st.integers(1, 65535),
    minute=st.none() | st.integers(0, 1439),
    ticket_id=st.binary(min_size=8, max_size=8).map(lambda raw: TicketId(raw.hex())),
    service_numbers=st.lists(st.integers(1, 65535), max_size=MAX_STOPS).map(tuple),
)
ONE: Final = Claims(KEY_ID, SITE, 1, date(2026, 11, 23), 4, 0, 45, 581, TicketId("0123456789abcdef"), (11,))


def claims_of(vector: dict[str, Any]) -> Claims:
    return Claims(
        **{
            **vector,
            "service_day": date.fromisoformat(vector["service_day"]),
            "service_numbers": tuple(vector["service_numbers"]),
        }
    )


def text_of(claims: Claims, public_url: str | None = None) -> str:
    return sign(build_payload(claims), KEYS[KEY_ID].sign, public_url)


def verdict(text: str | bytes) -> Valid | Refused:
    return verify(text, TRUST, SITE)


@pytest.mark.parametrize("vector", VECTORS["valid"], ids=lambda vector: vector["name"])
def test_documented_tokens_are_built_and_read(vector: dict[str, Any]) -> None:
    claims = claims_of(vector["claims"])
    payload = build_payload(claims)
    assert payload.hex() == vector["payload"]
    prefix, _, _ = vector["text"].rpartition("/T/")
    assert sign(payload, KEYS[claims.key_id].sign, prefix or None) == vector["text"]
    assert verdict(vector["text"]) == Valid(claims)


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["reason"])
def test_documented_texts_are_refused(vector: dict[str, Any]) -> None:
    assert verdict(vector["text"]) == Refused(Reason(vector["reason"]))


def test_every_reason_is_documented_and_has_a_vector() -> None:
    assert {vector["reason"] for vector in VECTORS["refused"]} == set(Reason)
    assert set(re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE)) == set(Reason)


def test_the_documented_lengths_are_the_real_ones() -> None:
    rows = re.findall(r"^\| (\d) \| (\d+) \| (\d+) \| (\d) \|$", DOCUMENT, re.MULTILINE)
    for stops, size, length, zero_bits in rows:
        text = text_of(replace(ONE, service_numbers=(1,) * int(stops))).removeprefix("K1.")
        assert (len(text), len(text) * 5 - int(size) * 8) == (int(length), int(zero_bits))
    assert [row[0] for row in rows] == [str(stops) for stops in range(MAX_STOPS + 1)]


@given(CLAIMS, st.sampled_from([None, "HTTPS://ANTRI.EXAMPLE.GO.ID"]))
def test_what_is_signed_is_read_again(claims: Claims, public_url: str | None) -> None:
    text = text_of(claims, public_url)
    assert text == text.upper()
    assert verdict(text) == Valid(claims)


@pytest.mark.parametrize(
    "mangle",
    [
        str.lower,
        str.swapcase,
        lambda text: f"  {text}\r\n",
        lambda text: text.removeprefix("K1."),
        lambda text: f"https>&&host&t&{text.removeprefix('K1.')}",
        lambda text: text.encode(),
    ],
    ids=["caps lock", "swapped", "blanks", "no prefix", "another layout", "bytes"],
)
def test_what_a_scanner_may_do_is_accepted(mangle: Any) -> None:
    assert verdict(mangle(text_of(ONE))) == Valid(ONE)


@pytest.mark.parametrize(("letter", "lookalike"), [("I", "\u0131"), ("S", "\u017f")])
def test_letters_of_other_alphabets_are_not_folded_into_ours(letter: str, lookalike: str) -> None:
    text = text_of(ONE)
    assert letter in text
    assert lookalike.upper() == letter
    assert isinstance(verdict(text.replace(letter, lookalike)), Refused)


@given(st.text() | st.binary())
@example("K1." + "A" * 138)
@example("K1." + "7" * 151)
@example("A" * 7089)
@example("\ud800")
@example(b"\xff" * 200)
def test_any_input_gets_an_answer(text: str | bytes) -> None:
    assert isinstance(verdict(text), Refused)


@given(st.integers(0, 4).flatmap(lambda stops: st.binary(min_size=86 + 2 * stops, max_size=86 + 2 * stops)))
def test_any_bytes_of_the_right_length_are_refused(raw: bytes) -> None:
    assert isinstance(verdict(b32encode(raw).decode().rstrip("=")), Refused)


@given(CLAIMS, st.data())
def test_one_flipped_bit_is_always_refused(claims: Claims, data: st.DataObject) -> None:
    body = text_of(claims).removeprefix("K1.")
    raw = bytearray(b32decode(body + "=" * (-len(body) % 8)))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    assert isinstance(verdict(b32encode(raw).decode().rstrip("=")), Refused)


def test_a_line_as_long_as_allowed_is_still_read() -> None:
    text = text_of(ONE)
    assert verdict(text.rjust(512)) == Valid(ONE)
    assert verdict(text.rjust(513)) == Refused(Reason.NOT_A_TOKEN)


def test_parsing_alone_believes_nothing() -> None:
    parsed = parse(text_of(replace(ONE, key_id=1)))
    assert isinstance(parsed, Parsed)
    assert parsed.claims.key_id == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key_id", 65536),
        ("site_number", 0),
        ("site_number", 65536),
        ("kiosk_number", 256),
        ("service_day", date(2019, 12, 31)),
        ("service_day", date(2020, 1, 1) + timedelta(days=65536)),
        ("queue_number", 0),
        ("series", 256),
        ("number", 0),
        ("number", 65536),
        ("minute", 1440),
        ("ticket_id", TicketId("ab")),
        ("service_numbers", (0,)),
        ("service_numbers", (1, 2, 3, 4, 5)),
    ],
)
def test_claims_the_layout_cannot_hold_are_our_bug(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=field):
        build_payload(replace(ONE, **{field: value}))


def test_every_claim_is_in_the_payload() -> None:
    changed: dict[str, Any] = {
        "key_id": 2, "site_number": 3, "kiosk_number": 4, "service_day": date(2026, 11, 24), "queue_number": 5,
        "series": 6, "number": 7, "minute": 8, "ticket_id": TicketId("f" * 16), "service_numbers": (9,),
    }  # fmt: skip
    assert changed.keys() == {field.name for field in fields(Claims)}
    payloads = {build_payload(replace(ONE, **{name: value})) for name, value in changed.items()}
    assert len(payloads - {build_payload(ONE)}) == len(changed)
    assert struct.calcsize(">BHHBHBBHH8s") == len(build_payload(replace(ONE, service_numbers=()))) == 22
