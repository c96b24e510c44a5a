"""What a printer sends is told apart, in whatever pieces it comes, and nothing is taken for what it is not."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printing.answers import (
    Answer,
    AnswerParser,
    AutomaticStatus,
    FlowControl,
    InfoBlock,
    LoneByte,
    Noise,
    ProcessDone,
    StatusByte,
)

_LOW = st.sampled_from([byte for byte in range(256) if not byte & 0b1001_0000])
_PRINTABLE = st.integers(0x20, 0x7E)
_STATUS = st.sampled_from([byte for byte in range(256) if byte & 0x93 == 0x12])
_WHOLE: Final = st.one_of(
    st.builds(lambda byte: (bytes([byte]), StatusByte(byte)), _STATUS),
    st.builds(
        lambda head, rest: (bytes([head, *rest]), AutomaticStatus(bytes([head, *rest]))),
        st.sampled_from([byte for byte in range(256) if byte & 0x93 == 0x10]),
        st.lists(_LOW, min_size=3, max_size=3),
    ),
    st.builds(
        lambda word: (b"7\x22" + bytes(word) + b"\x00", ProcessDone(bytes(word))),
        st.lists(_PRINTABLE, min_size=4, max_size=4),
    ),
    st.builds(
        lambda text: (b"_" + bytes(text) + b"\x00", InfoBlock(bytes(text).decode())),
        st.lists(_PRINTABLE, max_size=70),
    ),
    st.builds(lambda byte: (bytes([byte]), LoneByte(byte)), _LOW),
    st.builds(lambda byte: (bytes([byte]), FlowControl(byte)), st.sampled_from([0x11, 0x13])),
    st.builds(lambda byte: (bytes([byte]), Noise(byte)), st.integers(0x80, 0xFF)),
)
"""An answer as its bytes and as what it is."""


def heard(data: bytes, size: int = 1) -> tuple[Answer, ...]:
    parser = AnswerParser()
    return tuple(answer for at in range(0, len(data), size) for answer in parser.feed(data[at : at + size]))


@given(st.lists(_WHOLE, max_size=12), st.integers(1, 40))
def test_answers_are_told_apart_in_pieces_of_any_size(answers: list[tuple[bytes, Answer]], size: int) -> None:
    stream = b"".join(raw for raw, _ in answers)
    assert heard(stream, size) == tuple(answer for _, answer in answers)


@given(st.binary(max_size=300), st.integers(1, 40))
def test_any_bytes_are_heard_the_same_in_any_pieces_and_none_is_lost(data: bytes, size: int) -> None:
    assert heard(data, size) == heard(data, len(data) or 1)
    parser = AnswerParser()
    count = 0
    for answer in (*parser.feed(data), *parser.give_up()):
        match answer:
            case AutomaticStatus():
                count += len(answer.raw)
            case ProcessDone():
                count += 7
            case InfoBlock():
                count += 2 + len(answer.text)
            case _:
                count += 1
    assert count == len(data)
    assert not parser.is_in_answer


@given(st.lists(_LOW, min_size=3, max_size=3), st.integers(0, 3))
def test_bytes_of_an_automatic_status_are_never_lone(rest: list[int], cut: int) -> None:
    packet = bytes([0x10, *rest])
    parser = AnswerParser()
    answers = parser.feed(packet[:cut]) + parser.feed(packet[cut:])
    assert answers == (AutomaticStatus(packet),)


def test_flow_control_may_interrupt_anything() -> None:
    assert heard(b"7\x13\x22AB\x11CD\x00") == (FlowControl(0x13), FlowControl(0x11), ProcessDone(b"ABCD"))


@pytest.mark.parametrize(
    ("data", "answers"),
    [
        (b"\x10\x00\x12", (Noise(0x10), LoneByte(0), StatusByte(0x12))),
        (b"7\x22AB\x12CD\x00", (Noise(0x37), LoneByte(0x22), LoneByte(0x41), LoneByte(0x42), StatusByte(0x12))),
        (b"77\x22ABCD\x00", (Noise(0x37), ProcessDone(b"ABCD"))),
        (b"_TM\x12", (Noise(0x5F), Noise(0x54), LoneByte(0x4D), StatusByte(0x12))),
    ],
)
def test_answer_that_breaks_off_does_not_swallow_the_next(data: bytes, answers: tuple[Answer, ...]) -> None:
    assert heard(data)[: len(answers)] == answers


def test_block_without_end_is_noise() -> None:
    assert Noise(0x5F) in heard(b"_" + b"A" * 90)


def test_what_was_begun_is_noise_when_nothing_more_comes() -> None:
    parser = AnswerParser()
    assert parser.feed(b"\x10\x00") == ()
    assert parser.is_in_answer
    assert parser.give_up() == (Noise(0x10), Noise(0x00))
