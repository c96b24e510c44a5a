"""Every byte a printer can answer to each of the four questions."""

import pytest

from printing.escpos_status import Question, read_status, status_byte
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, Ready, Unreachable

CLEAN = dict.fromkeys(Question, b"\x12")


def expected(question: Question, byte: int) -> PrinterStatus:  # noqa: C901, PLR0911  # the reference's table
    """What the reference says of one byte beside three clean answers."""
    if byte & 0b1001_0011 != 0b0001_0010:
        return Ready()
    match question:
        case Question.PRINTER:
            return NeedsAttention(Attention.OTHER) if byte & 0x08 else Ready()
        case Question.OFFLINE_CAUSE if byte & 0x04:
            return NeedsAttention(Attention.COVER_OPEN)
        case Question.OFFLINE_CAUSE if byte & 0x20:
            return NeedsAttention(Attention.NO_PAPER)
        case Question.OFFLINE_CAUSE:
            return NeedsAttention(Attention.OTHER) if byte & 0x40 else Ready()
        case Question.ERROR_CAUSE if byte & 0x08:
            return NeedsAttention(Attention.CUTTER)
        case Question.ERROR_CAUSE if byte & 0x40:
            return NeedsAttention(Attention.OVERHEATED)
        case Question.ERROR_CAUSE:
            return NeedsAttention(Attention.OTHER) if byte & 0x20 else Ready()
        case Question.PAPER if byte & 0x60:
            return NeedsAttention(Attention.NO_PAPER)
        case Question.PAPER:
            return Ready(paper_low=bool(byte & 0x0C))


@pytest.mark.parametrize("question", Question)
def test_every_byte_means_what_the_reference_says(question: Question) -> None:
    for byte in range(256):
        assert read_status({**CLEAN, question: bytes([byte])}) == expected(question, byte), hex(byte)


@pytest.mark.parametrize("byte", range(256))
def test_only_bytes_with_the_fixed_bits_are_a_status(byte: int) -> None:
    has_fixed_bits = f"{byte:08b}"[0] == "0" and f"{byte:08b}"[3] == "1" and f"{byte:08b}"[6:] == "10"
    assert (status_byte(bytes([byte])) == byte) is has_fixed_bits


def test_silence_is_not_ready() -> None:
    assert read_status({}) == CannotTell("it answers no status request")
    assert read_status({Question.PRINTER: b""}) == CannotTell("it answers no status request")


@pytest.mark.parametrize("noise", [b"\xff\x00?", b"HTTP/1.1 400 Bad Request\r\n", b"\x12\x12", b"\x12" + b"x" * 20])
def test_what_is_no_status_is_no_printer(noise: bytes) -> None:
    assert isinstance(read_status(dict.fromkeys(Question, noise)), Unreachable)


def test_noise_before_an_answer_is_ignored() -> None:
    assert read_status(dict.fromkeys(Question, b"\xff\x7f\x12")) == Ready()


def test_clone_that_answers_half_the_questions_is_believed() -> None:
    assert read_status({Question.PRINTER: b"\x12", Question.PAPER: b"\x1e"}) == Ready(paper_low=True)
    assert isinstance(read_status({Question.OFFLINE_CAUSE: b"\x12", Question.ERROR_CAUSE: b"\x12"}), CannotTell)


def test_what_a_person_must_do_first_comes_first() -> None:
    everything = {question: bytes([0x12 | 0x6C]) for question in Question}
    assert read_status(everything) == NeedsAttention(Attention.COVER_OPEN)
