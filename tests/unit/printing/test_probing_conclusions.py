"""From answers and sights to a profile: what was probed wins, the table fills in, a lie loses everything."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.errors import PrintError
from printing.escpos_status import Question
from printing.identity import Name
from printing.known_profile import probed_file, profile_in_force
from printing.probing.calibration_slip import CODE_PAGES
from printing.probing.conclusions import Conclusion, conclude
from printing.probing.dialogue import Sight
from printing.probing.models import find_model, load_models
from printing.probing.profile_file import write_profile
from printing.probing.questions import Answers, Voice
from printing.probing.slip_trial import Trial
from printing.profile import Confirmation, Cutter, RasterCommand, Renderer, Source, load_profile, load_sources
from printing.status import CannotTell, Ready

DEVICE = "tcp://192.0.2.7:9100"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
CLEAN = dict.fromkeys(Question, 18)
EPSON = {Name.MAKER: "EPSON", Name.MODEL: "TM-T88V"}
TALKS = Answers(Voice.PRINTER, CLEAN, EPSON, has_fence=True, has_reports=True, slowest_s=0.02)
SEEN = Sight(512, CODE_PAGES[3], Cutter.FULL, is_symbol_read=True)
TRIED = Trial(150.0, 1.2, 1.3, Ready())


def concluded(
    answers: Answers = TALKS,
    sight: Sight | None = SEEN,
    trial: Trial | None = TRIED,
    device: str = DEVICE,
) -> Conclusion:
    return conclude(device, answers, sight, trial, RasterCommand.GS_V_0, NOW)


def test_what_was_seen_and_heard_is_the_profile() -> None:
    conclusion = concluded()
    profile, sources = conclusion.profile, conclusion.sources
    assert (profile.dots, profile.columns, profile.paper_mm, profile.is_compact) == (512, 42, 80, False)
    assert (profile.code_page, profile.code_page_number, profile.cutter) == ("cp858", 19, Cutter.FULL)
    assert (profile.confirmation, profile.identity, profile.name) == (
        Confirmation.PROCESS_ID,
        "EPSON TM-T88V",
        "probed-epson-tm-t88v",
    )
    assert {sources[name] for name in ("dots", "code_page", "cutter", "confirmation", "identity")} == {Source.PROBED}
    assert (sources["paper_mm"], sources["feed_dots"]) == (Source.MODEL_TABLE, Source.CLASS)
    assert (conclusion.notes, conclusion.is_usable) == ((), True)


@pytest.mark.parametrize(
    ("trial", "rung"),
    [
        (TRIED, Confirmation.PROCESS_ID),
        (replace(TRIED, process_id_s=None), Confirmation.FENCE),
        (replace(TRIED, process_id_s=0.01), Confirmation.FENCE),
        (replace(TRIED, process_id_s=0.01, fence_s=0.02), Confirmation.STATUS),
        (replace(TRIED, process_id_s=None, fence_s=None), Confirmation.STATUS),
    ],
)
def test_only_answers_that_waited_for_the_paper_confirm(trial: Trial, rung: Confirmation) -> None:
    assert concluded(trial=trial).profile.confirmation is rung


def test_a_printer_that_answers_before_paper_can_move_is_named() -> None:
    (note,) = concluded(trial=replace(TRIED, process_id_s=0.01, fence_s=0.02)).notes
    assert note.startswith("It called 150 mm of paper done after 0.01 s, sooner than paper can move")


def test_the_simulated_printer_needs_no_time() -> None:
    assert concluded(trial=replace(TRIED, process_id_s=0.01), device="sim:x").profile.confirmation is (
        Confirmation.PROCESS_ID
    )


@pytest.mark.parametrize(
    ("answers", "rung"),
    [
        (TALKS, Confirmation.FENCE),
        (replace(TALKS, has_fence=False), Confirmation.STATUS),
        (Answers(Voice.SILENT), Confirmation.NONE),
    ],
)
def test_without_a_slip_the_printers_word_is_all_there_is(answers: Answers, rung: Confirmation) -> None:
    conclusion = concluded(answers, None, None)
    assert conclusion.profile.confirmation is rung
    assert conclusion.sources["raster"] is Source.CLASS
    assert conclusion.sources["dots"] is (Source.MODEL_TABLE if answers.names else Source.CLASS)


@pytest.mark.parametrize(
    ("sight", "words"),
    [
        (replace(SEEN, dots=576), "has a head of 512 dots, and the slip shows 576"),
        (replace(SEEN, cutter=Cutter.NONE), "has a cutter, and the slip was not cut"),
        (replace(SEEN, page=None), "has code pages of which the slip shows none"),
        (replace(SEEN, page=CODE_PAGES[0]._replace(number=3)), "has cp437 elsewhere than the slip shows"),
    ],
)
def test_an_identity_that_lies_is_believed_in_nothing(sight: Sight, words: str) -> None:
    conclusion = concluded(sight=sight)
    assert words in conclusion.notes[0]
    assert Source.MODEL_TABLE not in conclusion.sources.values()
    assert (conclusion.profile.dots, conclusion.profile.cutter) == (sight.dots, sight.cutter)


def test_narrow_paper_is_compact() -> None:
    profile = concluded(sight=replace(SEEN, dots=384)).profile
    assert (profile.paper_mm, profile.is_compact, profile.columns) == (58, True, 32)


def test_a_cut_through_the_symbol_is_fed_further() -> None:
    conclusion = concluded(sight=Sight(512, CODE_PAGES[0], None, is_symbol_read=False))
    assert (conclusion.profile.feed_dots, conclusion.is_usable) == (200, False)


def test_an_unread_symbol_goes_as_a_picture_where_the_line_can_carry_it() -> None:
    """At 9600 baud a drawn slip takes longer than any slip is given, and all would fail."""
    slow, slowest = (f"serial:/dev/ttyUSB0?baud={baud}" for baud in (38_400, 9_600))
    blurred = replace(SEEN, is_symbol_read=False)
    assert concluded(device=slow).profile.renderer is Renderer.TEXT
    assert concluded(sight=blurred, device=slow).profile.renderer is Renderer.RASTER
    assert concluded(sight=blurred, device=slow).is_usable
    assert concluded(sight=blurred, device=slowest).profile.renderer is Renderer.TEXT
    assert not concluded(sight=blurred, device=slowest).is_usable
    assert not concluded(sight=blurred).is_usable


def test_the_file_says_where_each_value_comes_from_and_is_taken_by_the_kiosk(tmp_path: Path) -> None:
    conclusion = concluded()
    file = probed_file(DEVICE, tmp_path)
    write_profile(file, conclusion, TALKS)
    assert profile_in_force("auto", DEVICE, tmp_path) == load_profile(file) == conclusion.profile
    assert load_sources(file) == conclusion.sources
    table = tomllib.loads(file.read_text(encoding="utf-8"))["probed-epson-tm-t88v"]
    assert set(table) - {"sources", "description", "provenance"} == set(table["sources"])
    assert table["provenance"].startswith(f"probed on 2026-11-21 at {DEVICE} by Giliran ")
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "printers").write_text("")
    with pytest.raises(PrintError, match=r"printers/tcp-192-0-2-7-9100\.toml cannot be written: "):
        write_profile(probed_file(DEVICE, tmp_path), concluded(), TALKS)


def test_nobody_answers_for_a_mute_printer() -> None:
    conclusion = concluded(
        Answers(Voice.SILENT), SEEN, replace(TRIED, process_id_s=None, fence_s=None, status=CannotTell(""))
    )
    assert (conclusion.profile.confirmation, conclusion.profile.identity) == (Confirmation.NONE, "")
    assert conclusion.profile.name == "probed-tcp-192-0-2-7-9100"


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("EPSON TM-T88V", "epson-tm-t88-180"),
        ("EPSON TM-T88VI", "epson-tm-t88-later"),
        ("EPSON TM-T82X", "epson-tm-t20"),
        ("epson  tm-t20III", "epson-tm-t20"),
        ("BIXOLON SRP-350III", "bixolon-srp-350"),
        ("CITIZEN CT-S310II", "citizen-ct-s310"),
        ("CUSTOM SPA VKP80 III", "custom-vkp80"),
        ("Xprinter XP-N160II", "xprinter-80"),
        ("XP-58IIH", "xprinter-58"),
        ("RONGTA RP326", "rongta-80"),
        ("POS-80", "clone-80"),
        ("58mm Series Printer", "clone-58"),
        ("Giliran Simulated 80 mm", None),
        ("", None),
    ],
)
def test_models_are_known_by_their_names(identity: str, name: str | None) -> None:
    assert find_model(identity) == (None if name is None else load_models()[name])


def test_no_model_states_what_nobody_tried_as_tried() -> None:
    assert all("not tried here" in model.source or "only the maker" in model.source for model in load_models().values())
    assert not any(model.clears_buffer for model in load_models().values())
