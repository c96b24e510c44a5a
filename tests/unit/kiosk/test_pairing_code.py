"""The code that people read to each other, and the words that they compare."""

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.fingerprint import LIST_LENGTH, fingerprint
from kiosk.domain.pairing_code import (
    ALPHABET,
    PairingCode,
    PairingCodeError,
    PairingLink,
    device_proof,
    parse_code,
    parse_link,
    server_proof,
)
from kiosk.fingerprint_words import six_words, word_list

CODE = PairingCode("7KQ", "M3X9T")
CODES = st.builds(PairingCode, *(st.text(ALPHABET, min_size=size, max_size=size) for size in (3, 5)))

SOUNDS = ("pb", "td", "kg", "sc", "cj", "lr", "mn", "iy", "eo", "ou", "ei", "fp", "wu")
"""Letters that a bad line makes one of."""


@given(CODES)
def test_code_is_read_as_it_is_shown(code: PairingCode) -> None:
    assert parse_code(str(code)) == code
    assert parse_code(f" {str(code).lower()} ") == code


@pytest.mark.parametrize("text", ["7kqm3x9t", "7KQ M3X9T", "7KQ-M3X-9T", "7kq_m3x9t\n", "7KQ.M3X9T"])
def test_code_is_read_as_people_type_it(text: str) -> None:
    assert parse_code(text) == CODE


def test_letters_that_look_like_others_are_taken_for_them() -> None:
    assert parse_code("iLo-oIlUu") == PairingCode("110", "011VV")


@pytest.mark.parametrize(
    "text", ["", "7KQ-M3X9", "7KQ-M3X9TT", "7KQ-M3X9!", "7KQ-M3X9\N{LATIN CAPITAL LETTER E WITH ACUTE}"]
)
def test_what_is_no_code_is_told_what_one_looks_like(text: str) -> None:
    with pytest.raises(PairingCodeError, match="such as 7KQ-M3X9T"):
        parse_code(text)


@pytest.mark.parametrize("url", ["http://192.168.1.10:8035", "https://giliran.example", "http://[fd00::1]:8035"])
def test_what_the_qr_says_is_understood(url: str) -> None:
    text = str(PairingLink(url, CODE))
    assert text == f"GILIRAN:{url}:7KQ-M3X9T"
    assert parse_link(text) == (url, CODE)
    assert parse_link(text.replace("GILIRAN", "giliran")) == (url, CODE)
    assert parse_link("7KQ-M3X9T") == (None, CODE)


def test_proofs_are_those_of_the_document() -> None:
    """docs/sync-protocol.md describes them; another implementation must come to the same."""
    key = hashlib.scrypt(b"M3X9T", salt=b"giliran-pairing7KQ", n=16384, r=8, p=1, dklen=32)
    assert CODE.derived_key() == key
    assert device_proof(key, bytes(32)) == "b6cfd774a78fc44f38957ca2eb7c0ba86364293e4875e1308c4c8f9fc818670b"
    assert server_proof(key, bytes(32), b"{}") == "d75c8ef93beda63ec596c2a51c75565a6c97490db3b03e4e16fdc49419051f2a"


def test_every_part_of_a_proof_counts() -> None:
    keys, devices = (b"k" * 32, b"K" * 32), (bytes(32), bytes([1] * 32))
    proofs = {device_proof(*each) for each in itertools.product(keys, devices)}
    proofs |= {server_proof(*each) for each in itertools.product(keys, devices, (b"{}", b'{"a":1}'))}
    assert len(proofs) == 4 + 8


def test_fingerprint_is_the_same_at_both_ends_and_another_for_any_other_key() -> None:
    server, device, stranger = (bytes([each] * 32) for each in range(3))
    assert six_words(server, device) == " ".join(fingerprint(server, device, word_list()))
    assert len(six_words(server, device).split()) == 6
    assert len({six_words(*pair) for pair in itertools.permutations((server, device, stranger), 2)}) == 6


def test_fingerprint_takes_a_byte_for_each_word() -> None:
    digest = hashlib.sha256(b"GLRF1" + b"s" * 32 + b"d" * 32).digest()
    numbers = [str(number) for number in range(LIST_LENGTH)]
    assert fingerprint(b"s" * 32, b"d" * 32, numbers) == tuple(str(byte) for byte in digest[:6])


def test_words_are_short_plain_and_begin_differently() -> None:
    words = word_list()
    assert len(words) == LIST_LENGTH == len(set(words))
    assert list(words) == sorted(words)  # the order is part of the protocol
    assert all(word.isascii() and word.isalpha() and word.islower() and 4 <= len(word) <= 7 for word in words)
    assert len({word[:3] for word in words}) == LIST_LENGTH


def test_no_two_words_sound_alike() -> None:
    close = [pair for pair in itertools.combinations(word_list(), 2) if _distance(*pair) < 1.5]
    assert close == []


def test_the_order_of_the_words_never_changes() -> None:
    """Both ends number them alike, whatever version each is."""
    assert hashlib.sha256("\n".join(word_list()).encode()).hexdigest() == (
        "730320e18c4b62724e98c3bc6b2b5a0aabd573c1a28937b383490a69895172ee"
    )


def _distance(one: str, other: str) -> float:
    """Edits from one word to the other; a letter for one that sounds like it is half an edit."""
    before = [float(column) for column in range(len(other) + 1)]
    for row, mine in enumerate(one, start=1):
        now = [float(row)]
        for column, theirs in enumerate(other, start=1):
            alike = any(mine in each and theirs in each for each in SOUNDS)
            change = 0.0 if mine == theirs else 0.5 if alike else 1.0
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + change))
        before = now
    return before[-1]
