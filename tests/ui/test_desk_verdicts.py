"""Each verdict and each refusal has its own sentence in both languages, its tone, its symbol and its sound."""

from datetime import date

import pytest
from PySide6.QtCore import Qt

from kiosk.domain.language import Language
from kiosk.domain.scan import ScanVerdict
from kiosk.paths import resource_path
from kiosk.sync.desk_wire import Place, Refusal
from tests.desk_window import MORNING, StartDesk
from ui.desk import refusals, verdicts
from ui.desk.commands import KEYS
from ui.desk.describe_hall import COUNTER_STATES
from ui.desk.describe_visit import STATES
from ui.desk.dialogs import _CHOICES, _CONFIRM, _HINTS, _TITLES
from ui.desk.situation import Question
from ui.desk.sound import FILES
from ui.desk.tones import Tone
from ui.desk.verdicts import Saying

ALL: list[tuple[str, Saying]] = [
    *((verdict, verdicts.SAYINGS[verdict]) for verdict in ScanVerdict),
    *((refusal, refusals.SAYINGS[refusal]) for refusal in Refusal),
]


@pytest.mark.parametrize(("name", "saying"), ALL)
def test_saying_is_whole(name: str, saying: Saying) -> None:
    for text in (saying.headline, saying.advice):
        assert text.id
        assert text.en
        assert text.id != text.en
    assert (resource_path("assets/icons") / f"{saying.symbol}.svg").is_file()
    assert (resource_path("assets/sounds") / FILES[saying.tone]).is_file()


@pytest.mark.parametrize("language", list(Language))
def test_no_two_verdicts_look_or_read_alike(language: Language) -> None:
    sayings = list(verdicts.SAYINGS.values())
    assert len({saying.symbol for saying in sayings}) == len(ScanVerdict)
    assert len({saying.headline.in_language(language) for saying in sayings}) == len(ScanVerdict)
    assert len({saying.headline.in_language(language) for saying in refusals.SAYINGS.values()}) == len(Refusal)
    assert len({*FILES.values()}) == len(Tone)


def test_what_must_not_be_served_is_said_as_a_stop() -> None:
    never = {ScanVerdict.FORGED, ScanVerdict.REVOKED_KEY, ScanVerdict.OTHER_DAY, ScanVerdict.OTHER_SITE}
    assert {verdicts.SAYINGS[verdict].tone for verdict in never} == {Tone.STOP}
    served = {verdict for verdict, saying in verdicts.SAYINGS.items() if saying.tone is Tone.GOOD}
    assert served == {ScanVerdict.STARTED, ScanVerdict.STARTED_OFFLINE}


def test_every_state_question_and_key_has_its_words() -> None:
    assert len(STATES) == 10
    assert len(COUNTER_STATES) == 3
    assert set(_TITLES) == set(Question)
    assert all(question in _CHOICES or question in _CONFIRM or question in _HINTS for question in Question)
    strokes = [(key.stroke.key, key.stroke.modifiers) for key in KEYS.values()]
    assert len(set(strokes)) == len(strokes)
    assert len({key.cap for key in KEYS.values()}) == len(KEYS)


@pytest.mark.parametrize("language", list(Language))
def test_window_shows_each_verdict(start_desk: StartDesk, language: Language) -> None:
    desk = start_desk(language=language)
    desk.work()
    sounds: list[int] = []
    desk.application.attendant.spoken.connect(sounds.append)
    for verdict in ScanVerdict:
        desk.machine.say(verdict, "D-004")
        saying = verdicts.SAYINGS[verdict]
        assert desk.reads("saidHeadline") == saying.headline.in_language(language).format(label="D-004")
        assert saying.advice.in_language(language) in desk.reads("saidText")
        assert sounds.pop() == saying.tone
        desk.key(Qt.Key.Key_Escape)
        assert not desk.is_shown("saidBand")


def test_equal_verdicts_are_told_twice(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    sounds: list[int] = []
    desk.application.attendant.spoken.connect(sounds.append)
    desk.machine.say(ScanVerdict.FORGED)
    desk.machine.say(ScanVerdict.FORGED)
    assert sounds == [Tone.STOP, Tone.STOP]


@pytest.mark.parametrize("language", list(Language))
def test_window_shows_each_refusal(start_desk: StartDesk, language: Language) -> None:
    desk = start_desk(language=language)
    desk.work()
    for refusal in Refusal:
        desk.machine.refuse(refusal, wait_s=7, waiting=3, overtaken=("D-001",))
        assert desk.reads("saidHeadline") == refusals.SAYINGS[refusal].headline.in_language(language)
        assert "{" not in desk.reads("saidText")


def test_wrong_counter_says_where_to_go_and_how_many_wait_there(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    where = (Place(counter=21, floor=2, zone="2A"), Place(counter=22, floor=2, zone="2A"))
    desk.machine.say(ScanVerdict.WRONG_COUNTER, "NK-012", queue="NK", where=where, waiting=4)
    text = desk.reads("saidText")
    assert "Loket 21, lantai 2, Zona 2A" in text
    assert "4 orang menunggu di sana." in text
    assert "Disnakertransgi" in text


def test_served_ticket_says_who_where_and_when(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    desk.machine.say(ScanVerdict.COMPLETED, "D-002", by="P-022", counter=11, at=MORNING)
    assert "Loket 11, petugas P-022, pukul 09.41." in desk.reads("saidText")
    desk.machine.say(ScanVerdict.OTHER_DAY, "D-002", day=date(2026, 11, 20))
    assert "Tiket tanggal 20-11-2026." in desk.reads("saidText")


def test_wait_after_wrong_pins_counts_down(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.machine.refuse(Refusal.WAIT, wait_s=30)
    assert desk.reads("signInButton") == "Tunggu 30 detik"
    desk.pass_time(10)
    assert desk.reads("signInButton") == "Tunggu 20 detik"
    assert "20 detik" in desk.reads("signInProblem")
    desk.pass_time(21)
    assert desk.reads("signInButton") == "Masuk"


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (Refusal.WRONG_PIN, "Nomor petugas atau PIN salah"),
        (Refusal.LOCKED, "Minta pengawas membuka kuncinya"),
        (Refusal.COUNTER_TAKEN, "Loket ini dipakai petugas lain"),
    ],
)
def test_sign_in_says_why_not(start_desk: StartDesk, refusal: Refusal, sentence: str) -> None:
    desk = start_desk()
    desk.machine.refuse(refusal)
    assert sentence in desk.reads("signInProblem")
