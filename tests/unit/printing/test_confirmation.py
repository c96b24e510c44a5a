"""What counts as a printer's word for a slip, and what does not."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printing.answers import AnswerParser, StatusByte
from printing.confirmation import Fence, ProcessId, process_ids

OWN = ProcessId(b"AAAB", b"AAAC")


@pytest.mark.parametrize(
    ("answers", "is_underway", "is_given"),
    [
        (b"7\x22AAAB\x00", True, False),
        (b"7\x22AAAB\x007\x22AAAC\x00", True, True),
        (b"7\x22AAAC\x00", True, True),
        (b"\xff\x127\x22AAAC\x00", True, True),
        (b"7\x22AAAA\x00", False, False),
        (b"7\x22AAAC", False, False),
        (b"AAAC", False, False),
        (b"", False, False),
    ],
)
def test_process_id_is_the_own_one(answers: bytes, *, is_underway: bool, is_given: bool) -> None:
    heard = AnswerParser().feed(answers)
    assert (OWN.is_underway(heard), OWN.is_given(heard)) == (is_underway, is_given)


@pytest.mark.parametrize(
    ("answers", "is_underway", "is_given"),
    [
        (b"\x00", True, False),
        (b"\x00\x00", True, True),
        (b"\x12\x12\x03\x12\x13\x03", True, True),
        (b"\x10\x00\x00\x00\x00", True, False),
        (b"\x00\x00\x00", False, False),
        (b"\x90\x00", False, False),
        (b"\x90\x00\x00", False, False),
        (b"_TM\x00\x00\x00", False, False),
        (b"\x12", False, False),
        (b"", False, False),
    ],
)
def test_fence_is_one_lone_byte_for_each_request(answers: bytes, *, is_underway: bool, is_given: bool) -> None:
    heard = AnswerParser().feed(answers)
    assert (Fence().is_underway(heard), Fence().is_given(heard)) == (is_underway, is_given)


def test_slip_without_a_checkpoint_wants_one_lone_byte() -> None:
    heard = AnswerParser().feed(b"\x00")
    assert Fence(has_checkpoint=False).is_given(heard)


@given(st.binary(max_size=60))
def test_no_noise_gives_an_id(noise: bytes) -> None:
    first, last = islice(process_ids(), 2)
    heard = AnswerParser().feed(noise.replace(b"7\x22", b""))
    assert not ProcessId(first, last).is_underway(heard)


def test_ids_differ_from_each_other_and_from_run_to_run_and_hold_no_status() -> None:
    ids = list(islice(process_ids(), 5_000))
    assert len(set(ids)) == 5_000
    assert len({next(process_ids()) for _ in range(8)}) > 1
    assert not any(isinstance(answer, StatusByte) for answer in AnswerParser().feed(b"".join(ids)))
    assert all(0x30 <= byte <= 0x5A for byte in b"".join(ids))


def test_requests_are_those_of_the_reference() -> None:
    assert OWN.checkpoint == b"\x1d(H\x06\x0000AAAB"
    assert OWN.request == b"\x1d(H\x06\x0000AAAC"
    assert (Fence().checkpoint, Fence().request) == (b"\x1dr\x01", b"\x1dr\x01")
