import contextlib
import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.large_hall import large_hall
from kiosk.catalogue_file import load_catalogue, parse_catalogue
from kiosk.domain.catalogue import Evidence, FeeKind, Presence
from kiosk.domain.language import Text
from kiosk.errors import DataFileError
from kiosk.paths import resource_path

SHIPPED = resource_path("assets/catalogue/mpp-jakarta.json")
NUMBERS = resource_path("assets/catalogue/service-numbers.json")


def small() -> dict[str, Any]:
    """The shipped catalogue, cut down to two agencies of two services and one life event."""
    value: dict[str, Any] = json.loads(SHIPPED.read_text("utf-8"))
    value["agencies"] = [agency for agency in value["agencies"] if agency["id"] in {"dukcapil", "polda"}]
    for agency in value["agencies"]:
        agency["services"] = agency["services"][:2]
        for service in agency["services"]:
            service["life_events"] = []
    value["life_events"] = [
        {"id": "umur-17", "name_id": "Umur 17", "name_en": "Turning 17", "service_ids": ["dukcapil.ktp-baru"]}
    ]
    return value


def numbers_of(value: dict[str, Any]) -> dict[str, int]:
    ids = [service["id"] for agency in value["agencies"] for service in agency["services"]]
    return {service_id: number for number, service_id in enumerate(ids, 1)}


def problems(value: Any, numbers: Any = None) -> dict[str, str]:
    """Path to sentence, for a catalogue that must be refused."""
    numbers = numbers_of(small()) if numbers is None else numbers
    with pytest.raises(DataFileError) as refusal:
        parse_catalogue("catalogue.json", json.dumps(value).encode(), json.dumps(numbers).encode())
    return {problem.path: problem.sentence for problem in refusal.value.problems}


def test_the_shipped_catalogue_is_whole() -> None:
    catalogue = load_catalogue(SHIPPED, NUMBERS)
    assert (len(catalogue.agencies), len(catalogue.services), len(catalogue.life_events)) == (42, 271, 30)
    assert catalogue.version == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    assert sorted(catalogue.services_by_number) == list(range(1, 272))
    assert catalogue.agencies_by_id["dukcapil"].presence is Presence.CONFIRMED
    assert catalogue.services["dpmptsp.konsultasi"].evidence is Evidence.HALL


def test_components_that_nobody_published_are_none() -> None:
    for service in load_catalogue(SHIPPED, NUMBERS).services.values():
        assert service.procedure is None
        assert service.product is None


@pytest.mark.parametrize(
    ("service_id", "kind", "amount", "has_note"),
    [
        ("dukcapil.ktp-hilang", FeeKind.FREE, None, False),
        ("polda.sim-c", FeeKind.FIXED, 75_000, True),
        ("imigrasi.baru", FeeKind.VARIES, None, True),
        ("imigrasi.ganti-5", FeeKind.FIXED, 350_000, False),
    ],
)
def test_fees(service_id: str, kind: FeeKind, amount: int | None, has_note: bool) -> None:  # noqa: FBT001  # a column of the table
    fee = load_catalogue(SHIPPED, NUMBERS).services[service_id].fee
    assert (fee.kind, fee.amount_idr, fee.note_en is not None) == (kind, amount, has_note)


def test_an_unknown_fee_is_not_free() -> None:
    value = small()
    value["agencies"][0]["services"][0]["fee_idr"] = None
    catalogue = parse_catalogue("c", json.dumps(value).encode(), json.dumps(numbers_of(value)).encode())
    assert catalogue.services["dukcapil.ktp-baru"].fee.kind is FeeKind.UNKNOWN


def test_planning_minutes_come_from_the_service_class() -> None:
    service = load_catalogue(SHIPPED, NUMBERS).services["dukcapil.ktp-baru"]
    assert (service.service_class, service.planning_minutes) == ("biometric", 20)


@pytest.mark.parametrize(
    ("raw", "place", "words"),
    [
        (b"", "file", "empty"),
        (b" \n", "file", "empty"),
        (b'{"agencies": [\n  {"id": }', "line 2, column 10", "not JSON"),
        (SHIPPED.read_bytes()[:100_000], "line ", "not JSON"),
        (b'{"a": "\xff"}', "byte 8", "UTF-8"),
        (b'{"a": 1, "a": 2}', "file", "'a' twice"),
        (b'{"a": NaN}', "file", "NaN"),
        (b'{"a": ' + b"1" * 5000 + b"}", "file", "number that is too long"),
        (b"[" * 200_000, "file", "too deeply"),
        (b"{}", "agencies", "is missing"),
        (b"[]", "file", "must be an object"),
    ],
)
def test_what_is_no_catalogue_at_all_is_refused_with_the_place(raw: bytes, place: str, words: str) -> None:
    with pytest.raises(DataFileError) as refusal:
        parse_catalogue("catalogue.json", raw, b"{}")
    assert any(problem.path.startswith(place) and words in problem.sentence for problem in refusal.value.problems)


def test_missing_and_oversized_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataFileError, match="cannot be read"):
        load_catalogue(tmp_path / "none.json", NUMBERS)
    monkeypatch.setattr("kiosk.data_file.MAX_BYTES", 1000)
    with pytest.raises(DataFileError, match="is larger"):
        load_catalogue(SHIPPED, NUMBERS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must not be empty"),
        (" \u00a0", "must not be empty"),
        ("x" * 201, "200 is the limit"),
        ("x" * 500, "has 500 characters"),
        ("KTP\x1b@", "control character U+001B"),
        ("KTP\nhilang", "control character U+000A"),
        ("KTP\u2028", "control character U+2028"),
        ("KTP \u202egnalih", "U+202E"),
        ("\u2066KTP", "U+2066"),
        ("KTP\ud800", "half a character"),
        (17, "must be text"),
        (None, "must be text"),
    ],
)
def test_names_that_would_break_a_screen_or_a_slip_are_refused(text: object, words: str) -> None:
    value = small()
    value["agencies"][0]["services"][1]["name_id"] = text
    assert words in problems(value)["agencies.0.services.1.name_id"]


@pytest.mark.parametrize("text", ["x" * 200, "Kartu 👨‍👩‍👧 keluarga", "بطاقة", "Ćwiklińska"])
def test_any_other_script_is_taken_as_it_is(text: str) -> None:
    value = small()
    value["agencies"][0]["name_id"] = text
    catalogue = parse_catalogue("c", json.dumps(value).encode(), json.dumps(numbers_of(value)).encode())
    assert catalogue.agencies[0].name.id == text


def change(value: dict[str, Any], path: str, new: object) -> dict[str, Any]:
    changed = copy.deepcopy(value)
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    target: Any = changed
    for step in way:
        target = target[step]
    target[last] = new
    return changed


@pytest.mark.parametrize(
    ("path", "new", "problem_path", "words"),
    [
        ("schema_version", 2, "schema_version", "must be 1"),
        ("agencies", [], "agencies", "must not be empty"),
        ("agencies.1.id", "dukcapil", "agencies.1.id", "given twice, first at agencies.0.id"),
        ("agencies.1.id", "Polda Metro", "agencies.1.id", "must be small letters"),
        ("agencies.1.presence", "maybe", "agencies.1.presence", "'confirmed' or 'typical'"),
        ("agencies.1.floor", "3", "agencies.1.floor", "whole number"),
        ("agencies.1.motto", "Melayani", "agencies.1.motto", "not a field that belongs here"),
        ("agencies.1.sources", ["kompas"], "agencies.1.sources.0", "'kompas' is no source"),
        ("agencies.1.services.0.id", "dukcapil.ktp-baru", "agencies.1.services.0.id", "given twice"),
        ("agencies.1.services.0.id", "polda.new", "agencies.1.services.0.id", "number_services.py"),
        ("agencies.1.services.0.online_first", "no", "agencies.1.services.0.online_first", "true or false"),
        ("agencies.1.services.0.fee_idr", -1, "agencies.1.services.0.fee_idr", "rupiah"),
        ("agencies.1.services.0.fee_idr", 1.5, "agencies.1.services.0.fee_idr", "rupiah"),
        ("agencies.1.services.0.fee_idr", True, "agencies.1.services.0.fee_idr", "rupiah"),
        ("agencies.1.services.0.service_class", "magic", "agencies.1.services.0.service_class", "service_classes"),
        ("agencies.1.services.0.requirements_en", [], "agencies.1.services.0.requirements_en", "lists 0 where"),
        ("agencies.1.services.0.life_events", ["mudik"], "agencies.1.services.0.life_events.0", "no life event"),
        ("agencies.1.services.0.counter_minutes", 0, "agencies.1.services.0.counter_minutes", "at least 1"),
        ("life_events.0.service_ids", ["polda.no"], "life_events.0.service_ids.0", "'polda.no' is no service"),
        ("life_events.0.service_ids", ["dukcapil.ktp-baru"] * 2, "life_events.0.service_ids.1", "given twice"),
        ("life_events.0.service_ids", [], "life_events.0.service_ids", "must not be empty"),
        ("life_events", "none", "life_events", "must be a list"),
        ("service_classes.biometric.planning_minutes", 0, "service_classes.biometric.planning_minutes", "at least 1"),
    ],
)
def test_one_fault_refuses_the_whole_file(path: str, new: object, problem_path: str, words: str) -> None:
    assert words in problems(change(small(), path, new))[problem_path]


def test_every_problem_is_told_at_once_whatever_its_kind() -> None:
    value = small()
    del value["agencies"][0]["services"][0]["name_id"]
    value["agencies"][1]["services"][0]["id"] = "dukcapil.ktp-baru"
    value["life_events"][0]["service_ids"] = ["nowhere"]
    found = problems(value, {"dukcapil.ktp-baru": 0})
    assert {
        "agencies.0.services.0.name_id",
        "agencies.1.services.0.id",
        "life_events.0.service_ids.0",
        "service numbers, dukcapil.ktp-baru",
    } <= found.keys()


@pytest.mark.parametrize(
    ("service_id", "number", "words"),
    [
        ("dukcapil.ktp-baru", 2, "given twice"),
        ("dukcapil.ktp-baru", 0, "at least 1"),
        ("dukcapil.ktp-baru", 65_536, "at most 65535"),
        ("dukcapil.ktp-baru", "1", "whole number"),
    ],
)
def test_service_numbers_are_checked(service_id: str, number: object, words: str) -> None:
    found = problems(small(), {**numbers_of(small()), service_id: number})
    assert any(words in sentence for path, sentence in found.items() if path.startswith("service numbers"))


def test_an_empty_registry_leaves_every_service_without_a_number() -> None:
    assert len(problems(small(), {})) == 4


def test_a_retired_service_keeps_its_number() -> None:
    numbers = {**numbers_of(small()), "dukcapil.retired": 9}
    assert len(parse_catalogue("c", json.dumps(small()).encode(), json.dumps(numbers).encode()).services) == 4


def test_the_sentence_for_the_technician_lists_the_problems() -> None:
    with pytest.raises(DataFileError) as refusal:
        parse_catalogue("catalogue.json", json.dumps(change(small(), "agencies.0.short", "")).encode(), b"{}")
    assert str(refusal.value).startswith("catalogue.json is not used, 5 problems:\n  agencies.0.short: must not be")


def test_ten_thousand_services_in_two_hundred_agencies_load() -> None:
    files = large_hall(services=10_000, agencies=200)
    catalogue = parse_catalogue("large.json", files.catalogue, files.numbers)
    assert (len(catalogue.agencies), len(catalogue.services)) == (200, 10_000)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.sampled_from(
        [
            "agencies", "agencies.0", "agencies.0.id", "agencies.0.services", "agencies.0.services.0",
            "agencies.0.services.0.id", "agencies.0.services.0.life_events", "agencies.0.services.0.sources",
            "agencies.0.services.0.requirements_id", "agencies.0.services.0.service_class", "life_events",
            "life_events.0", "life_events.0.service_ids", "sources", "service_classes", "agencies.0.services.0.fee_idr",
        ]
    ),
    JSON_VALUES,
)  # fmt: skip
def test_nonsense_anywhere_is_refused_or_taken_but_never_a_crash(path: str, nonsense: object) -> None:
    raw = json.dumps(change(small(), path, nonsense)).encode()
    with contextlib.suppress(DataFileError):  # any other exception fails
        parse_catalogue("catalogue.json", raw, json.dumps(numbers_of(small())).encode())


@given(st.integers(0, 20_000), st.integers(0, 7))
def test_a_flipped_bit_is_refused_or_changes_only_words(position: int, bit: int) -> None:
    raw = bytearray(json.dumps(small()).encode())
    raw[position % len(raw)] ^= 1 << bit
    with contextlib.suppress(DataFileError):  # any other exception fails
        catalogue = parse_catalogue("catalogue.json", bytes(raw), json.dumps(numbers_of(small())).encode())
        assert catalogue.version == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize(
    ("published", "english"),
    [
        ("5 hari kerja (Perkaban 1/2010)", "5 working days (Perkaban 1/2010)"),
        ("1 hari kerja", "1 working day"),
        ("15 menit bila syarat lengkap (standar)", "15 minutes when the requirements are complete (standar)"),
        ("sekitar 4 hari kerja setelah wawancara dan pembayaran", "about 4 working days after interview and payment"),
        ("10-15 menit", "10-15 minutes"),
        ("hari yang sama", "the same day"),
        ("5 hari kerja kecuali berkas kurang", "5 hari kerja kecuali berkas kurang"),
        ("secepatnya", "secepatnya"),
    ],
)
def test_finishing_times_are_put_into_english_only_where_that_is_mechanical(published: str, english: str) -> None:
    value = small()
    value["agencies"][0]["services"][0]["service_time"] = published
    catalogue = parse_catalogue("c", json.dumps(value).encode(), json.dumps(numbers_of(value)).encode())
    assert catalogue.services["dukcapil.ktp-baru"].finishing_time == Text(published, english)
