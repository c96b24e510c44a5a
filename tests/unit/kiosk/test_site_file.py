import contextlib
import copy
import itertools
import json
from collections import Counter
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.large_hall import large_hall
from kiosk.catalogue_file import load_catalogue, parse_catalogue
from kiosk.domain.calling_rules import CallingRules
from kiosk.domain.language import Text
from kiosk.domain.queue_code import sounds_alike
from kiosk.domain.site import END_OF_DAY, Site, TimeRange, shown_agencies
from kiosk.errors import DataFileError
from kiosk.paths import resource_path
from kiosk.site_file import load_site, parse_site
from kiosk.site_rules import find_cycle
from kiosk.site_shape import WEEKDAYS

CATALOGUE = load_catalogue(
    resource_path("assets/catalogue/mpp-jakarta.json"), resource_path("assets/catalogue/service-numbers.json")
)
SHIPPED = resource_path("assets/sites/mpp-jakarta.json")


def small() -> dict[str, Any]:
    """The shipped site, cut down to two queues: A of DPMPTSP, D of Dukcapil."""
    value: dict[str, Any] = json.loads(SHIPPED.read_text("utf-8"))
    value["queues"] = value["queues"][:2]
    value["after"] = {"dukcapil.ktp-hilang": ["polda.lapor-hilang"]}
    value["popular"] = ["dukcapil.ktp-hilang"]
    return value


def parse(value: Any) -> Site:
    return parse_site("site.json", json.dumps(value).encode(), CATALOGUE)


def problems(value: Any) -> dict[str, str]:
    """Path to sentence, for a site that must be refused."""
    with pytest.raises(DataFileError) as refusal:
        parse(value)
    return {problem.path: problem.sentence for problem in refusal.value.problems}


def change(value: dict[str, Any], path: str, new: object) -> dict[str, Any]:
    changed = copy.deepcopy(value)
    *way, last = (int(part) if part.isdigit() else part for part in path.split("/"))
    target: Any = changed
    for step in way:
        target = target[step]
    target[last] = new
    return changed


def working_week(opens: str, closes: str) -> dict[str, list[list[str]]]:
    return {day: [] if day in {"sat", "sun"} else [[opens, closes]] for day in WEEKDAYS}


def test_the_shipped_site_serves_every_service_from_one_queue() -> None:
    site = load_site(SHIPPED, CATALOGUE)
    assert site.queue_by_service.keys() == CATALOGUE.services.keys()
    assert Counter(queue.agency_id for queue in site.queues) == Counter(agency.id for agency in CATALOGUE.agencies)
    assert site.is_demonstration
    assert site.public_url is None


def test_the_shipped_queues_stand_on_the_floors_that_the_catalogue_names() -> None:
    site = load_site(SHIPPED, CATALOGUE)
    for queue in site.queues:
        floor = CATALOGUE.agencies_by_id[queue.agency_id].floor
        assert floor is None or site.floors_of(queue) == (floor,)


def test_the_shipped_codes_are_told_apart() -> None:
    codes = load_site(SHIPPED, CATALOGUE).queue_by_code
    assert "D" in codes
    assert not any(sounds_alike(one, other) for one, other in itertools.combinations(codes, 2))


def test_the_shipped_rules_send_visitors_for_a_paper_before_the_service_that_asks_for_it() -> None:
    after = load_site(SHIPPED, CATALOGUE).after
    for service in CATALOGUE.services.values():
        papers = {paper.id for paper in service.requirements}
        if "Surat keterangan hilang dari kepolisian" in papers:
            assert "polda.lapor-hilang" in after[service.id]


def test_the_shipped_hours_and_holidays() -> None:
    site = load_site(SHIPPED, CATALOGUE)
    assert site.hours[0] == (TimeRange(time(7, 30), time(16)),)
    assert site.hours[6] == ()
    assert site.friday_break == TimeRange(time(11, 30), time(13))
    closed = {exception.date for exception in site.exceptions if not exception.ranges}
    sure = [(1, 1), (5, 1), (6, 1), (8, 17), (12, 25)]
    assert {date(year, month, day) for year in (2026, 2027) for month, day in sure} <= closed


def test_fields_arrive_in_the_domain() -> None:
    value = change(small(), "queues/1/hours", working_week("08:00", "11:00"))
    value = change(value, "queues/1/force_closed", {"id": "Gangguan pusat.", "en": "Central outage."})
    value = change(value, "queues/1/services", ["dukcapil.ktp-hilang"])
    site = parse(change(value, "public_url", "HTTPS://MPP.EXAMPLE"))
    queue = site.queue_by_code["D"]
    assert queue.hours == ((TimeRange(time(8), time(11)),),) * 5 + ((), ())
    assert queue.force_closed == Text("Gangguan pusat.", "Central outage.")
    assert queue.service_ids == {"dukcapil.ktp-hilang"}
    assert (queue.cut_off, queue.quota, queue.number) == (timedelta(minutes=30), 150, 2)
    assert (site.public_url, site.timezone.key) == ("HTTPS://MPP.EXAMPLE", "Asia/Jakarta")
    assert site.popular == ("dukcapil.ktp-hilang",)


def test_how_a_queue_is_called_may_be_left_out_or_said_in_part() -> None:
    """Files of kiosks that know nothing of counters stay good."""
    assert "calling" not in small()["queues"][1]
    assert parse(small()).queue_by_code["D"].calling == CallingRules()
    some = {"ordinary_per_priority": 1, "ordinary_ceiling_minutes": 45, "return_after": 0}
    calling = parse(change(small(), "queues/1/calling", some)).queue_by_code["D"].calling
    assert calling == CallingRules(1, ordinary_ceiling=timedelta(minutes=45), return_after=0)


def test_midnight_is_the_end_of_a_day() -> None:
    assert parse(change(small(), "hours/sun", [["00:00", "24:00"]])).hours[6] == (TimeRange(time(), END_OF_DAY),)


def test_a_queue_for_all_takes_what_no_other_queue_of_its_agency_names() -> None:
    value = small()
    value["queues"].append({**value["queues"][1], "code": "S", "number": 3, "services": ["dukcapil.ktp-hilang"]})
    site = parse(value)
    assert site.queue_by_service["dukcapil.ktp-hilang"].code == "S"
    assert "dukcapil.ktp-hilang" not in site.queue_by_code["D"].service_ids
    assert "dukcapil.ktp-rusak" in site.queue_by_code["D"].service_ids


def test_agencies_are_shown_that_have_a_queue_and_a_source_unless_it_is_a_demonstration() -> None:
    value = json.loads(SHIPPED.read_text("utf-8"))
    demonstration, real = parse(value), parse(change(value, "is_demonstration", False))
    assert len(shown_agencies(CATALOGUE, demonstration)) == 42
    assert len(shown_agencies(CATALOGUE, real)) == 18
    assert [agency.id for agency in shown_agencies(CATALOGUE, parse(small()))] == ["dpmptsp", "dukcapil"]


@pytest.mark.parametrize(
    ("path", "new", "problem_path", "words"),
    [
        ("number", 0, "number", "at least 1"),
        ("number", 65_536, "number", "at most 65535"),
        ("timezone", "Asia/Betawi", "timezone", "Asia/Makassar"),
        ("timezone", "../etc/passwd", "timezone", "no time zone"),
        ("timezone", "", "timezone", "no time zone"),
        ("timezone", 7, "timezone", "must be text"),
        ("floors", [], "floors", "must not be empty"),
        ("floors/1/number", 1, "floors.1.number", "given twice"),
        ("zones/0/floor", 9, "zones.0.floor", "9 is no floor"),
        ("zones/1/id", "1A", "zones.1.id", "given twice"),
        ("hours/mon", [["16:00", "07:30"]], "hours.mon.0", "not before it closes"),
        ("hours/mon", [["08:00", "08:00"]], "hours.mon.0", "not before it closes"),
        ("hours/mon", [["08:00", "12:00"], ["11:59", "16:00"]], "hours.mon", "overlap"),
        ("hours/mon", [["8", "12:00"]], "hours.mon.0", "two times of day"),
        ("hours/mon", [["08:00", "24:01"]], "hours.mon.0", "two times of day"),
        ("hours/mon", [["24:00", "24:00"]], "hours.mon.0", "two times of day"),
        ("hours/mon", [["T0800", "12:00"]], "hours.mon.0", "two times of day"),
        ("hours/mon", [["08:00"]], "hours.mon.0", "two times of day"),
        ("hours/mon", None, "hours.mon", "must be a list"),
        ("friday_break", ["13:00", "11:30"], "friday_break", "not before it closes"),
        ("exceptions/0/date", "2026-02-30", "exceptions.0.date", "2026-08-17"),
        ("exceptions/0/date", "20260101", "exceptions.0.date", "2026-08-17"),
        ("exceptions/0/date", 20260101, "exceptions.0.date", "2026-08-17"),
        ("exceptions/1/date", "2026-01-01", "exceptions.1.date", "given twice"),
        ("queues", [], "queues", "must not be empty"),
        ("queues/1/code", "d", "queues.1.code", "capital letters"),
        ("queues/1/code", "ABC", "queues.1.code", "capital letters"),
        ("queues/1/code", "A", "queues.1.code", "given twice"),
        ("queues/1/code", "AA", "queues.1.code", "sounds like 'A'"),
        ("queues/1/number", 1, "queues.1.number", "given twice"),
        ("queues/1/number", 256, "queues.1.number", "at most 255"),
        ("queues/1/agency", "kecamatan", "queues.1.agency", "no agency of the catalogue"),
        ("queues/1/agency", "dpmptsp", "queues.1.services", "'every other service of dpmptsp' is given twice"),
        ("queues/1/services", ["polda.sim-a"], "queues.1.services.0", "belongs to the agency 'polda'"),
        ("queues/1/services", ["dukcapil.none"], "queues.1.services.0", "no service of the catalogue"),
        ("queues/1/services", ["dukcapil.kia"] * 2, "queues.1.services.1", "given twice"),
        ("queues/1/services", [], "queues.1.services", '"all" or a list'),
        ("queues/1/services", "every", "queues.1.services", '"all" or a list'),
        ("queues/1/counters", [], "queues.1.counters", "must not be empty"),
        ("queues/1/counters/0/zone", "9Z", "queues.1.counters.0.zone", "no zone of this site"),
        ("queues/1/counters/0/number", 1, "queues.1.counters.0", "stands in zone '1A' already"),
        ("queues/1/counters/0/number", 10, "queues.1.counters.1.number", "given twice"),
        ("queues/1/quota", 0, "queues.1.quota", "at least 1"),
        ("queues/1/cut_off_minutes", -1, "queues.1.cut_off_minutes", "at least 0"),
        ("queues/1/calling", {"calls": 0}, "queues.1.calling.calls", "at least 1"),
        ("queues/1/calling", {"priority_ceiling_minutes": "20"}, "queues.1.calling.priority_ceiling_minutes", "whole"),
        ("queues/1/calling", {"patience": 3}, "queues.1.calling.patience", "not a field that belongs here"),
        ("after", {"dukcapil.kia": ["dukcapil.none"]}, "after.dukcapil.kia", "no service of the catalogue"),
        ("after", {"dukcapil.none": ["dukcapil.kia"]}, "after.dukcapil.none", "no service of the catalogue"),
        ("after", {"dukcapil.kia": ["dukcapil.kia"]}, "after.dukcapil.kia", "waits for itself"),
        ("popular", ["dukcapil.none"], "popular.0", "no service of the catalogue"),
        ("popular", ["dukcapil.kia"] * 2, "popular.1", "given twice"),
        ("public_url", "https://mpp.example", "public_url", "in capitals"),
        ("short_name_id", "x" * 500, "short_name_id", "200 is the limit"),
        ("procedure/0/id", "Ambil\x1b@ nomor", "procedure.0.id", "control character U+001B"),
        ("complaint_channels/0", "", "complaint_channels.0", "must not be empty"),
        ("motto", "Melayani", "motto", "not a field that belongs here"),
    ],
)
def test_one_fault_refuses_the_whole_file(path: str, new: object, problem_path: str, words: str) -> None:
    assert words in problems(change(small(), path, new))[problem_path]


def test_queues_may_share_a_counter_where_it_stands() -> None:
    value = small()
    value["queues"][1]["counters"] = [{"number": 1, "zone": "1A"}]
    assert parse(value).queue_by_code["D"].counters == parse(value).queue_by_code["A"].counters[:1]


def test_a_queue_cannot_be_open_when_the_hall_is_not() -> None:
    found = problems(change(small(), "queues/0/hours", working_week("08:00", "17:00")))
    assert "not within the hall's hours" in found["queues.0.hours.mon"]


def test_a_cycle_is_named_step_by_step() -> None:
    after = {"dukcapil.kia": ["dukcapil.kk-tambah"], "dukcapil.kk-tambah": ["dukcapil.akta-lahir"],
             "dukcapil.akta-lahir": ["dukcapil.kia"], "dukcapil.ikd": ["dukcapil.kia"]}  # fmt: skip
    sentence = problems(change(small(), "after", after))["after.dukcapil.kia"]
    assert sentence == (
        "waits for itself: dukcapil.kia after dukcapil.kk-tambah after dukcapil.akta-lahir after dukcapil.kia"
    )


def test_every_problem_is_told_at_once_whatever_its_kind() -> None:
    value = change(small(), "queues/1/code", "A")
    del value["address"]
    value["zones"][0]["floor"] = 7
    assert {"queues.1.code", "address", "zones.0.floor"} <= problems(value).keys()


@pytest.mark.parametrize("raw", [b"", b"{", b"null", SHIPPED.read_bytes()[:5000]])
def test_what_is_no_site_at_all_is_refused(raw: bytes) -> None:
    with pytest.raises(DataFileError):
        parse_site("site.json", raw, CATALOGUE)


def test_a_hall_of_two_hundred_agencies_loads() -> None:
    files = large_hall(services=400, agencies=200)
    catalogue = parse_catalogue("large.json", files.catalogue, files.numbers)
    site = parse_site("large.json", files.site, catalogue)
    assert len(site.queue_by_code) == 200
    assert len(site.queue_by_service) == 400


NODES = st.integers(0, 7).map(str)


@given(st.dictionaries(NODES, st.lists(NODES, max_size=4), max_size=8))
def test_a_cycle_is_found_if_and_only_if_there_is_one(after: dict[str, list[str]]) -> None:
    cycle = find_cycle(after)
    if cycle:
        assert all(following in after[name] for name, following in zip(cycle, (*cycle[1:], cycle[0]), strict=True))
    else:
        done: set[str] = set()
        waiting = {*after, *itertools.chain.from_iterable(after.values())}
        while ready := {name for name in waiting if done.issuperset(after.get(name, ()))}:
            done |= ready
            waiting -= ready
        assert not waiting, "without a cycle everything can be done in some order"


@given(
    st.sampled_from(
        ["floors", "zones", "zones/0", "hours", "hours/mon", "queues", "queues/0", "queues/0/code", "queues/0/counters",
         "queues/0/counters/0", "queues/0/services", "queues/0/agency", "after", "popular", "exceptions", "timezone",
         "friday_break", "exceptions/0/date"]
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
)  # fmt: skip
def test_nonsense_anywhere_is_refused_or_taken_but_never_a_crash(path: str, nonsense: object) -> None:
    with contextlib.suppress(DataFileError):  # any other exception fails
        parse(change(small(), path, nonsense))
