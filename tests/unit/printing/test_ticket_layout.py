"""What a slip says and, as important, what it does not."""

from dataclasses import replace
from typing import TypeVar

import pytest

from kiosk.domain.language import Language, Text
from kiosk.domain.ticket import Wait
from printing.blocks import Block, Checklist, CopyMark, Fact, Heading, Label, Lead, Mark, Phrase, Qr, StopRow
from printing.profile import Profile, find_profile
from printing.slip import slip_layout
from printing.ticket_layout import layout, slip_languages
from tests.sample_slips import FOUR, ONE, TOKEN, TWO, paper_catalogue, paper_layout, paper_site, paper_ticket

B = TypeVar("B", bound=Block)
WIDE = find_profile("generic-80mm")
NARROW = find_profile("generic-58mm")


def of_kind(kind: type[B], blocks: tuple[Block, ...]) -> list[B]:
    return [block for block in blocks if isinstance(block, kind)]


def words(blocks: tuple[Block, ...]) -> str:
    return repr(blocks)


def test_one_stop_says_where_to_go_and_what_to_bring() -> None:
    blocks = paper_layout(paper_ticket(ONE), WIDE).blocks
    assert blocks[0] == Heading("Mal Pelayanan Publik Provinsi DKI Jakarta")
    assert blocks[1] == Lead(Phrase("Sabtu, 21 November 2026 · 09.41"))
    assert of_kind(Label, blocks) == [Label("D-045")]
    assert of_kind(StopRow, blocks) == [
        StopRow(
            None,
            Phrase("KTP-el hilang"),
            "Dukcapil",
            Phrase("Lantai 2 · Loket 5–8"),
            (Phrase("8 orang di depan Anda"), Phrase("Perkiraan tunggu 20-35 menit")),
        )
    ]
    (checklist,) = of_kind(Checklist, blocks)
    assert [item.text for item in checklist.items] == [
        "Surat keterangan hilang dari kepolisian",
        "Fotokopi Kartu Keluarga (KK)",
    ]
    assert of_kind(Fact, blocks)[:2] == [
        Fact(Phrase("Biaya"), Phrase("gratis")),
        Fact(Phrase("Selesai"), Phrase("belum diterbitkan instansi")),
    ]
    assert blocks[-1] == Qr(TOKEN)


def test_second_language_stands_under_the_first() -> None:
    blocks = paper_layout(paper_ticket(ONE, Language.ENGLISH), WIDE).blocks
    (stop,) = of_kind(StopRow, blocks)
    assert stop.service == Phrase("KTP-el hilang", "Replace a lost e-ID card")
    assert stop.place == Phrase("Lantai 2 · Loket 5–8", "Floor 2 · Counters 5–8")
    assert stop.notes == (
        Phrase("8 orang di depan Anda", "8 people ahead of you"),
        Phrase("Perkiraan tunggu 20-35 menit", "Estimated wait 20-35 minutes"),
    )
    assert of_kind(Checklist, blocks)[0].title == Phrase("Siapkan", "Have ready")


def test_indonesian_comes_first_whatever_the_visitor_speaks() -> None:
    assert [slip_languages(language)[0] for language in Language] == [Language.INDONESIAN] * len(Language)


def test_several_stops_are_numbered_and_say_what_comes_first() -> None:
    blocks = paper_layout(paper_ticket(TWO), WIDE).blocks
    first, second = of_kind(StopRow, blocks)
    assert (first.position, second.position) == (1, 2)
    assert second.notes == (
        Phrase("Anda yang pertama"),
        Phrase("Perkiraan tunggu paling lama 5 menit"),
        Phrase("Sesudah layanan 1"),
    )
    assert Lead(Phrase("Anda di 2 antrean sekaligus"), is_strong=True) in blocks


def test_what_several_services_ask_for_is_listed_once() -> None:
    (checklist,) = of_kind(Checklist, paper_layout(paper_ticket(FOUR), WIDE).blocks)
    texts = [item.text for item in checklist.items]
    assert texts.count("Fotokopi Kartu Keluarga (KK)") == 1
    assert len(texts) == 8
    assert checklist.left_out is None


def test_fees_and_times_name_their_services_where_they_differ() -> None:
    facts = of_kind(Fact, paper_layout(paper_ticket(FOUR, Language.ENGLISH), WIDE).blocks)
    assert facts[:3] == [
        Fact(Phrase("Biaya", "Fee"), Phrase("layanan 1, 2: gratis", "service 1, 2: free")),
        Fact(Phrase(""), Phrase("layanan 3: Rp350.000", "service 3: Rp 350,000 (e-passport Rp 650,000)")),
        Fact(Phrase(""), Phrase("layanan 4: tergantung keperluan", "service 4: depends on your case")),
    ]


def test_unknown_number_of_people_is_left_out() -> None:
    ticket = paper_ticket(ONE, people_ahead=(None,), promised=(None,))
    (stop,) = of_kind(StopRow, paper_layout(ticket, WIDE).blocks)
    assert stop.notes == ()


@pytest.mark.parametrize(
    ("service_ids", "promised", "is_trusted", "line"),
    [
        (ONE, (Wait(1200, 2100),), True, "Kembali sebelum pukul 09.55"),
        (ONE, (Wait(840, 2100),), True, None),
        (ONE, (None,), True, None),
        (ONE, (Wait(1200, 2100),), False, None),
        (TWO, (Wait(1800, 2700), Wait(2700, 3600)), True, "Kembali sebelum pukul 10.05"),
        (
            FOUR,
            (Wait(3600, 4200), Wait(4200, 4800), Wait(900, 1500), Wait(3600, 4200)),
            True,
            "Kembali sebelum pukul 09.50",
        ),
        (FOUR, (Wait(3600, 4200), Wait(4200, 4800), None, Wait(3600, 4200)), True, None),
    ],
)
def test_who_has_time_to_go_somewhere_is_told_when_the_first_call_may_come(
    *, service_ids: tuple[str, ...], promised: tuple[Wait | None, ...], is_trusted: bool, line: str | None
) -> None:
    ticket = paper_ticket(service_ids, promised=promised, clock_trusted=is_trusted)
    leads = [lead.phrase.text for lead in of_kind(Lead, paper_layout(ticket, WIDE).blocks)]
    assert [lead for lead in leads if lead.startswith("Kembali")] == ([] if line is None else [line])


def test_narrow_paper_says_the_wait_in_one_line() -> None:
    (stop,) = of_kind(StopRow, paper_layout(paper_ticket(ONE, Language.ENGLISH), NARROW).blocks)
    assert stop.notes[1] == Phrase("Tunggu 20-35 menit", "Wait 20-35 minutes")


def test_no_time_is_printed_from_a_clock_that_is_not_trusted() -> None:
    blocks = paper_layout(paper_ticket(ONE, clock_trusted=False), WIDE).blocks
    assert isinstance(blocks[1], Label)
    assert "2026" not in words(blocks)
    assert "09.41" not in words(blocks)


@pytest.mark.parametrize(("copy", "marks"), [(0, []), (2, [CopyMark(Phrase("SALINAN 2"))])])
def test_copies_are_marked(copy: int, marks: list[CopyMark]) -> None:
    assert of_kind(CopyMark, paper_layout(paper_ticket(), WIDE, copy).blocks) == marks


@pytest.mark.parametrize(("is_priority", "marks"), [(False, []), (True, [Mark(Phrase("Prioritas"))])])
def test_priority_is_one_word_and_no_reason(*, is_priority: bool, marks: list[Mark]) -> None:
    assert of_kind(Mark, paper_layout(paper_ticket(is_priority=is_priority), WIDE).blocks) == marks


@pytest.mark.parametrize("profile", [WIDE, NARROW], ids=["wide", "narrow"])
def test_slip_of_a_demonstration_says_so_before_the_number(profile: Profile) -> None:
    sentence = Lead(Phrase("DATA CONTOH, bukan antrean resmi", "Sample data, not an official queue"), is_strong=True)
    ticket = paper_ticket(language=Language.ENGLISH)
    blocks = paper_layout(ticket, profile, is_demonstration=True).blocks
    assert blocks.index(sentence) < blocks.index(Label("D-045"))
    assert blocks[-1] == Qr(TOKEN)
    assert sentence not in paper_layout(ticket, profile).blocks


def test_phone_is_only_named_where_a_phone_can_follow() -> None:
    public = paper_layout(paper_ticket(token="HTTPS://ANTREAN.GO.ID/T/ABC"), WIDE).blocks
    assert "ponsel" in words(public)
    assert "ponsel" not in words(paper_layout(paper_ticket(), WIDE).blocks)


def test_narrow_paper_gets_fewer_words() -> None:
    wide = paper_layout(paper_ticket(FOUR), WIDE).blocks
    narrow = paper_layout(paper_ticket(FOUR), NARROW).blocks
    (checklist,) = of_kind(Checklist, narrow)
    assert len(checklist.items) == 4
    assert checklist.left_out == Phrase("4 syarat lagi, tanyakan di loket")
    assert narrow[0] == Heading("MPP Jakarta")
    assert "belum diterbitkan" not in words(narrow)
    assert len(words(narrow)) < len(words(wide))


def test_queue_without_counters_sends_the_visitor_to_the_staff() -> None:
    stop = of_kind(StopRow, paper_layout(paper_ticket(FOUR), WIDE).blocks)[3]
    assert stop.place == Phrase("Tanyakan kepada petugas")


def test_service_that_asks_for_nothing_has_no_checklist() -> None:
    catalogue = paper_catalogue()
    agencies = tuple(
        replace(agency, services=tuple(replace(service, requirements=()) for service in agency.services))
        for agency in catalogue.agencies
    )
    slip = layout(
        paper_ticket(),
        paper_site(),
        replace(catalogue, agencies=agencies),
        copy=0,
        languages=(Language.INDONESIAN,),
    )
    assert of_kind(Checklist, slip.blocks) == []


def test_braces_in_a_name_are_text() -> None:
    catalogue = paper_catalogue()
    agencies = tuple(
        replace(
            agency,
            services=tuple(replace(service, finishing_time=Text("{n} hari", "{0}")) for service in agency.services),
        )
        for agency in catalogue.agencies
    )
    slip = layout(
        paper_ticket(),
        paper_site(),
        replace(catalogue, agencies=agencies),
        copy=0,
        languages=(Language.INDONESIAN, Language.ENGLISH),
    )
    assert Fact(Phrase("Selesai", "Ready in"), Phrase("{n} hari", "{0}")) in slip.blocks


@pytest.mark.parametrize(
    ("promised", "times"),
    [((None, None), 1), ((Wait(1200, 2100), None), 1), ((Wait(1200, 2100), Wait(0, 300)), 0)],
)
def test_an_unknown_wait_is_said_once_in_a_hall_and_never_by_a_kiosk_that_stands_alone(
    promised: tuple[Wait | None, ...], times: int
) -> None:
    ticket = paper_ticket(TWO, promised=promised)
    unknown = "Lama tunggu belum bisa diperkirakan"
    in_a_hall = slip_layout(ticket, paper_site(), paper_catalogue(), WIDE, 0, is_in_a_hall=True)
    assert words(in_a_hall.blocks).count(unknown) == times
    assert unknown not in words(paper_layout(ticket, WIDE).blocks)
