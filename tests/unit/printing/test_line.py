"""A line that may be out of step: late answers of earlier questions prove nothing, and are listened out."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import pytest

from kiosk.domain.print_job import PrintState
from printing.escpos_printer import EscposPrinter
from printing.line import Deadlines, Line
from printing.profile import Confirmation, find_profile
from printing.status import Attention, CannotTell, NeedsAttention, Ready, Unreachable

QUICK: Final = Deadlines(
    open_s=1, answer_s=0.05, write_s=0.2, confirm_s=0.3, stall_s=0.3, settle_s=0.3, quiet_s=0.02, slowest_mm_s=5_000
)
FENCE: Final = b"\x1dr\x01"
SLIP: Final = b"\x1b@" + (b"\x1dv0\x00\x01\x00\xf0\x00" + b"\xff" * 240) * 4 + b"\x1dV\x01"
PROFILE: Final = replace(find_profile("generic-80mm"), confirmation=Confirmation.FENCE)

Reply = bytes | Callable[[], bytes]


@dataclass
class ScriptedDevice:
    """A transport whose device says what `replies` name for what is written; what is in `late` comes with the next
    read, on whatever connection, what is in `later` with the next that waits.
    """

    replies: dict[bytes, Reply] = field(default_factory=dict)
    late: list[bytes] = field(default_factory=list)
    later: list[bytes] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    opened: int = 0
    passed_over: int = 0
    bytes_per_s: float | None = None
    can_read: bool = True

    def open(self, timeout_s: float) -> None:
        self.opened += 1

    def write(self, data: bytes, timeout_s: float) -> None:
        self.written.append(data)
        for question, reply in self.replies.items():
            for _ in range(data.count(question)):
                answer = reply if isinstance(reply, bytes) else reply()
                if answer:
                    self.late.append(answer)

    def read(self, timeout_s: float) -> bytes:
        if self.later and timeout_s:
            return self.later.pop(0)
        return self.late.pop(0) if self.late else b""

    def pass_over(self) -> None:
        self.passed_over += 1

    def close(self) -> None:
        pass

    @property
    def slips(self) -> int:
        return sum(b"\x1dv0" in data for data in self.written)


def clean(**others: Reply) -> dict[bytes, Reply]:
    names = {"fence": FENCE, "maker": b"\x1dIB", "model": b"\x1dIC"}
    status: dict[bytes, Reply] = {bytes([0x10, 0x04, number]): b"\x12" for number in (1, 2, 3, 4)}
    return status | {names[name]: reply for name, reply in others.items()}


def printed(device: ScriptedDevice, **profile: object) -> PrintState:
    printer = EscposPrinter(device, replace(PROFILE, **profile), QUICK)  # type: ignore[arg-type]
    return printer.print(lambda _: SLIP, 1).state


def test_fence_of_a_printer_in_step_confirms() -> None:
    assert printed(ScriptedDevice(clean(fence=b"\x00"))) is PrintState.CONFIRMED


@pytest.mark.parametrize("stale", [b"\x00", b"\x00\x00", b"\x00\x12\x00"])
def test_answers_that_lay_on_the_line_are_drained(stale: bytes) -> None:
    device = ScriptedDevice(clean(), [stale])
    assert printed(device) is PrintState.UNVERIFIED
    assert device.slips >= 1


def test_printer_that_is_one_answer_behind_never_confirms() -> None:
    """It gives each fence the answer of the one before."""
    owed = [b"", b"\x00"]

    def behind() -> bytes:
        owed.append(b"\x00")
        return owed.pop(0)

    device = ScriptedDevice(clean(fence=behind))
    assert printed(device) is not PrintState.CONFIRMED


def test_answer_of_a_slip_that_was_given_up_does_not_confirm_the_next() -> None:
    """The first slip's answers come when everybody has gone; the second slip's never do."""
    answers: list[bytes] = [b"\x00", b"\x00"]

    def meagre() -> bytes:
        return answers.pop(0) if answers else b""

    device = ScriptedDevice(clean(fence=meagre))
    printer = EscposPrinter(device, PROFILE, QUICK)
    first = printer.print(lambda _: SLIP, 1).state
    device.late += [b"\x00", b"\x00"]
    second = printer.print(lambda _: SLIP, 2).state
    assert (first, second) == (PrintState.UNKNOWN, PrintState.UNVERIFIED)


def test_line_comes_into_step_again_after_late_answers() -> None:
    device = ScriptedDevice(clean(fence=b"\x00"), [b"\x00"])
    line = Line(device, QUICK, pushes_status=False)
    line.open()
    assert not line.is_in_step
    assert line.come_into_step(0.1)
    line.lose_step()
    assert not line.is_in_step


def test_stray_answer_between_two_slips_takes_the_line_out_of_step() -> None:
    device = ScriptedDevice(clean(fence=b"\x00"))
    printer = EscposPrinter(device, PROFILE, QUICK)
    assert printer.print(lambda _: SLIP, 1).state is PrintState.CONFIRMED
    device.later.append(b"\x00")  # beside the answer to the first question
    before = sum(data == FENCE for data in device.written)
    assert printer.print(lambda _: SLIP, 2).state is PrintState.CONFIRMED
    assert sum(data == FENCE for data in device.written) == before + 2


def test_late_status_is_not_taken_for_the_answer_to_the_next_question() -> None:
    """Each answer comes one question late: `no paper` would be heard as the cause of an error, and pass for clean."""
    device = ScriptedDevice({})
    answers = iter([b"", b"\x12", b"\x12", b"\x12", b"\x72"])
    for number in (1, 2, 3, 4):
        device.replies[bytes([0x10, 0x04, number])] = lambda: next(answers, b"\x12")
    line = Line(device, QUICK, pushes_status=False)
    line.open()
    assert line.ask() == CannotTell("it answers no status request")
    device.later.append(b"\x12")
    line.open()
    assert line.ask() == NeedsAttention(Attention.NO_PAPER)
    assert line.saw_paper_end


def test_two_answers_at_once_are_late_and_no_stranger() -> None:
    device = ScriptedDevice()
    line = Line(device, QUICK, pushes_status=False)
    line.open()
    assert isinstance(line.ask(), CannotTell)
    device.replies = {b"\x10\x04\x01": b"\x12\x12"}
    assert isinstance(line.ask(), CannotTell)
    device.replies = clean()
    assert line.ask() == Ready()


def test_questions_that_are_never_answered_are_not_asked_for_ever() -> None:
    device = ScriptedDevice({b"\x10\x04\x01": b"\x12", b"\x10\x04\x04": b"\x12"})
    line = Line(device, QUICK, pushes_status=False)
    for _ in range(4):
        line.open()
        assert line.ask() == Ready()
    assert device.written.count(b"\x10\x04\x02") == 2
    line.forget_device()
    line.ask()
    assert device.written.count(b"\x10\x04\x02") == 3


def test_printer_that_reports_by_itself_is_told_not_to_and_its_reports_are_no_answers() -> None:
    device = ScriptedDevice(clean(fence=b"\x10\x00\x00\x00\x00"))
    assert printed(device) is PrintState.CONFIRMED
    device.written.clear()
    printer = EscposPrinter(device, PROFILE, QUICK)
    assert printer.status() == Ready()
    assert b"\x1da\x00" not in device.written
    assert printer.status() == Ready()
    assert b"\x1da\x00" in device.written


def test_printer_whose_switches_make_it_report_is_told_not_to_at_once() -> None:
    device = ScriptedDevice(clean(fence=b"\x00"))
    assert printed(device, pushes_status=True) is PrintState.CONFIRMED
    assert device.written[4] == b"\x1da\x00"


def test_one_lost_answer_is_asked_for_again_on_a_new_connection() -> None:
    answers = [b"\x12", b"", b"\x12"]
    replies = clean(fence=b"\x00")
    replies[b"\x10\x04\x01"] = lambda: answers.pop(0) if answers else b""
    device = ScriptedDevice(replies)
    printer = EscposPrinter(device, PROFILE, QUICK)
    assert printer.status() == Ready()
    assert printer.status() == Ready()
    assert device.opened == 3
    assert printer.status() == Unreachable("it used to answer and is silent now")
    assert printer.print(lambda _: SLIP, 1).state is PrintState.FAILED
    assert device.slips == 0


@pytest.mark.parametrize("confirmation", [Confirmation.PROCESS_ID, Confirmation.FENCE, Confirmation.STATUS])
def test_device_that_should_answer_and_does_not_gets_no_slip(confirmation: Confirmation) -> None:
    device = ScriptedDevice()
    assert printed(device, confirmation=confirmation) is PrintState.FAILED
    assert device.slips == 0


@pytest.mark.parametrize("confirmation", [Confirmation.AUTO, Confirmation.NONE])
def test_device_that_never_answered_is_printed_to_openly(confirmation: Confirmation) -> None:
    device = ScriptedDevice()
    assert printed(device, confirmation=confirmation) is PrintState.UNVERIFIED


def test_once_it_has_answered_a_silent_device_gets_no_slip_also_later() -> None:
    """The printer went, and something else stands at its address: a modem, a power supply."""
    device = ScriptedDevice(clean(fence=b"\x00"))
    printer = EscposPrinter(device, replace(PROFILE, confirmation=Confirmation.AUTO), QUICK)
    assert printer.status() == Ready()
    device.replies.clear()
    for _ in range(3):
        assert printer.print(lambda _: SLIP, 1).state is PrintState.FAILED
    assert device.slips == 0


def test_write_only_way_is_not_asked_anything() -> None:
    device = ScriptedDevice(can_read=False)
    assert printed(device, confirmation=Confirmation.AUTO) is PrintState.UNVERIFIED
    assert not any(data.startswith(b"\x10\x04") or FENCE in data for data in device.written)


@pytest.mark.parametrize(
    ("maker", "model", "state"),
    [
        (b"_EPSON\x00", b"_TM-T82\x00", PrintState.CONFIRMED),
        (b"_EPSON\x00", b"_TM-T20\x00", PrintState.FAILED),
        (b"_XP\x00", b"_TM-T82\x00", PrintState.FAILED),
        (b"", b"", PrintState.FAILED),
    ],
)
def test_slip_goes_only_to_the_printer_that_was_probed(maker: bytes, model: bytes, state: PrintState) -> None:
    device = ScriptedDevice(clean(fence=b"\x00", maker=maker, model=model))
    assert printed(device, identity="EPSON TM-T82") is state
    assert (device.slips > 0) is (state is PrintState.CONFIRMED)
    assert (device.passed_over > 0) is (state is PrintState.FAILED)


def test_other_printer_that_came_between_two_polls_gets_no_slip() -> None:
    device = ScriptedDevice(clean(fence=b"\x00", maker=b"_EPSON\x00", model=b"_TM-T82\x00"))
    printer = EscposPrinter(device, replace(PROFILE, identity="EPSON TM-T82"), QUICK)
    assert printer.status() == Ready()
    device.replies = clean(fence=b"\x00", maker=b"_EPSON\x00", model=b"_TM-T20\x00")
    verdict = printer.print(lambda _: SLIP, 1)
    assert verdict.status == Unreachable("another device stands there: EPSON TM-T20 is not EPSON TM-T82")
    assert device.slips == 0
    assert isinstance(printer.status(), Unreachable)


def test_printer_that_is_busy_when_it_is_first_asked_is_asked_again() -> None:
    """Else every slip of the day would be unverified."""
    device = ScriptedDevice(clean())
    printer = EscposPrinter(device, replace(PROFILE, confirmation=Confirmation.AUTO), QUICK)
    printer.status()
    seen = [printer.confirmation]
    device.replies = clean(fence=b"\x00")
    printer.status()
    assert [*seen, printer.confirmation] == [Confirmation.AUTO, Confirmation.FENCE]


def test_printer_that_never_answers_a_fence_is_left_in_peace() -> None:
    device = ScriptedDevice(clean())
    printer = EscposPrinter(device, replace(PROFILE, confirmation=Confirmation.AUTO), QUICK)
    for _ in range(5):
        printer.status()
    assert printer.confirmation is Confirmation.STATUS
    assert device.written.count(FENCE) == 3


def test_trouble_is_told_as_it_is() -> None:
    replies = clean(fence=b"\x00")
    replies[b"\x10\x04\x02"] = b"\x16"
    printer = EscposPrinter(ScriptedDevice(replies), PROFILE, QUICK)
    assert printer.status() == NeedsAttention(Attention.COVER_OPEN)


def test_slow_line_has_longer() -> None:
    line = Line(ScriptedDevice(bytes_per_s=960.0), QUICK, pushes_status=False)
    assert line.transfer_s(9_600) == 10
    assert Line(ScriptedDevice(), QUICK, pushes_status=False).transfer_s(9_600) == 0
