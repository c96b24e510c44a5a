"""What is asked of a device that nobody knows, and above all what is not."""

from collections.abc import Mapping
from typing import Final

import pytest

from printing.escpos_status import Question
from printing.identity import Name
from printing.probing.questions import Answers, Voice, ask_everything
from printing.status import Attention, NeedsAttention, Ready
from tests.unit.printing.answering_device import AnsweringDevice

CLEAN: Final[Mapping[bytes, bytes]] = {question.request: b"\x12" for question in Question}
EPSON: Final[Mapping[bytes, bytes]] = {
    **CLEAN,
    b"\x1dr\x01": b"\x00",
    Name.MAKER.request: b"_EPSON\x00",
    Name.MODEL.request: b"_TM-T82\x00",
    Name.SERIAL.request: b"_X5\x00",
    b"\x1dI\x01": b"\x02",
    b"\x1da\x0e": b"\x10\x00\x00\x00",
}
REPORT: Final = b"\x10\x00\x0c\x00"


def asked(answers: Mapping[bytes, bytes], unasked: bytes = b"") -> tuple[Answers, AnsweringDevice]:
    device = AnsweringDevice(answers, unasked)
    return ask_everything(device, answer_s=0.02), device


def test_a_printer_tells_all_it_is_asked() -> None:
    told, device = asked(EPSON)
    assert (told.voice, told.identity, told.names[Name.SERIAL]) == (Voice.PRINTER, "EPSON TM-T82", "X5")
    assert (told.has_fence, told.has_reports, told.pushes_reports) == (True, True, False)
    assert (told.statuses, told.numbers) == (dict.fromkeys(Question, 0x12), {1: 2})
    assert told.status == Ready()
    assert device.written[-1] == b"\x1da\x00"


def test_nothing_that_destroys_is_ever_sent() -> None:
    _, device = asked(EPSON)
    assert not any(word in b"".join(device.written) for word in (b"\x10\x05", b"\x10\x14", b"\x1d(", b"\n"))


@pytest.mark.parametrize(
    ("answer", "voice"),
    [
        (b"", Voice.SILENT),
        (b"\x11", Voice.SILENT),
        (b"\r\nERROR\r\n", Voice.STRANGER),
        (b"\x10\x04\x01", Voice.STRANGER),
        (b"\xff", Voice.STRANGER),
        (b"login: ", Voice.STRANGER),
        (b"\x12\x12", Voice.STRANGER),
    ],
)
def test_what_does_not_answer_as_a_printer_is_asked_one_question_and_no_more(answer: bytes, voice: Voice) -> None:
    told, device = asked({Question.PRINTER.request: answer})
    assert told == Answers(voice)
    assert device.written == [Question.PRINTER.request] * 2


def test_a_late_answer_meant_for_somebody_else_is_forgiven_once() -> None:
    told, _ = asked(CLEAN, unasked=b"\x37\x220001\x00\x00")
    assert told.voice is Voice.PRINTER


def test_reports_that_come_unasked_are_switched_off_and_never_taken_for_an_answer() -> None:
    told, device = asked({**CLEAN, b"\x1dr\x01": REPORT}, unasked=REPORT)
    assert (told.pushes_reports, told.has_fence) == (True, False)
    assert device.written.index(b"\x1da\x00") == 1


def test_a_name_without_a_model_is_no_identity() -> None:
    told, _ = asked({**CLEAN, Name.MAKER.request: b"_POS\x00"})
    assert (told.names, told.identity) == ({Name.MAKER: "POS"}, "")


def test_who_says_no_name_is_not_asked_for_more() -> None:
    _, device = asked(CLEAN)
    assert Name.SERIAL.request not in device.written


def test_a_stopped_printer_says_why() -> None:
    told, _ = asked({**CLEAN, Question.OFFLINE_CAUSE.request: b"\x16"})
    assert told.status == NeedsAttention(Attention.COVER_OPEN)


def test_a_clone_that_answers_the_first_and_the_last_question_only() -> None:
    told, _ = asked({Question.PRINTER.request: b"\x12", Question.PAPER.request: b"\x12"})
    assert (set(told.statuses), told.status) == ({Question.PRINTER, Question.PAPER}, Ready())
