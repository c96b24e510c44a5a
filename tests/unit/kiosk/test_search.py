import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.large_hall import large_hall
from kiosk.catalogue_file import load_catalogue, parse_catalogue
from kiosk.domain.language import Language
from kiosk.errors import DataFileError
from kiosk.paths import resource_path
from kiosk.search import ServiceSearch
from kiosk.search_words import load_search_words, split_words
from kiosk.site_file import load_site, parse_site
from kiosk.stemming import spoken_roots, stem

CATALOGUE = load_catalogue(
    resource_path("assets/catalogue/mpp-jakarta.json"), resource_path("assets/catalogue/service-numbers.json")
)
SITE_FILE = resource_path("assets/sites/mpp-jakarta.json")
SITE = load_site(SITE_FILE, CATALOGUE)
QUERIES = json.loads(Path(__file__).with_name("search_queries.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def search() -> Iterator[ServiceSearch]:
    found = ServiceSearch(CATALOGUE, SITE)
    yield found
    found.close()


def ids(search: ServiceSearch, query: str, limit: int = 3) -> list[str]:
    return [hit.service.id for hit in search.find(query, Language.INDONESIAN, limit)]


@pytest.mark.parametrize(
    ("part", "least"), [("tuning", 1.0), ("held_out", 0.95), ("third", 0.95), ("fourth", 0.9), ("fifth", 0.9)]
)
def test_the_right_service_is_among_the_first_three(search: ServiceSearch, part: str, least: float) -> None:
    """design.md, section 13: at least 95 % of everyday queries that the words were not tuned on: `held_out`.

    The search has learnt from the others since; their first tries stand in the file.
    """
    missed = [each["query"] for each in QUERIES[part] if not set(ids(search, each["query"])) & set(each["right"])]
    assert len(QUERIES[part]) >= 40
    assert 1 - len(missed) / len(QUERIES[part]) >= least


def test_no_query_stands_in_two_lists() -> None:
    queries = [each["query"] for part in ("tuning", "held_out", "third", "fourth", "fifth") for each in QUERIES[part]]
    assert len(queries) == len(set(queries))


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("KTP ILANG", "dukcapil.ktp-hilang"),
        ("e-KTP hilang!!!", "dukcapil.ktp-hilang"),
        ("ktp hil", "dukcapil.ktp-hilang"),
        ("kartu kel", "dukcapil.kk-baru"),
        ("perpanj", "polda.sim-c"),
        ("sertipikat tanah hilangg", "bpn.hilang"),
        ("apostile", "ahu.apostille"),
        ("ngambil paspor", "imigrasi.ambil"),
        ("nyari", "disnaker.ak1"),
        ("meterran rusakk", "pln.gangguan"),
        ("kehil", "dukcapil.ktp-hilang"),
        ("saya mau minta tolong ngurus npwp", "djp.npwp-op"),
        ("birth cert", "dukcapil.akta-lahir"),
        ("ombudsman", "ombudsman.lapor"),
    ],
)
def test_forgiving(search: ServiceSearch, query: str, right: str) -> None:
    assert right in ids(search, query, limit=4)


def test_every_keystroke_on_the_way_keeps_finding_something(search: ServiceSearch) -> None:
    query = "ktp hilang"
    for length in range(1, len(query) + 1):
        assert ids(search, query[:length]), query[:length]


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("pindah rumah ke Bekasi", "dukcapil.pindah-keluar"),
        ("surat pindah Jawa Barat", "dukcapil.pindah-keluar"),
        ("moving to Surabaya", "dukcapil.pindah-keluar"),
        ("pindah dari jakarta", "dukcapil.pindah-keluar"),
        ("pindah dari bogor", "dukcapil.pindah-datang"),
        ("pindah ke jakarta", "dukcapil.pindah-datang"),
        ("pindah dari jaksel ke jaktim", "dukcapil.pindah-dalam"),
        ("pindah ke australia", "dukcapil.skdln"),
        ("pindah ke bek", "dukcapil.pindah-keluar"),
        ("pindah ke jawa bar", "dukcapil.pindah-keluar"),
        ("mutasi motor ke bandung", "samsat.mutasi"),
    ],
)
def test_a_place_says_which_way_a_move_goes(search: ServiceSearch, query: str, right: str) -> None:
    assert ids(search, query, limit=1) == [right]


def test_what_a_need_is_about_counts_for_more_than_where_it_happened(search: ServiceSearch) -> None:
    assert "imigrasi.hilang" in ids(search, "passport hilang di luar negeri")


def test_a_place_without_a_move_says_nothing_of_moving(search: ServiceSearch) -> None:
    assert "dukcapil.pindah-keluar" not in ids(search, "ktp hilang di bekasi", limit=8)


@pytest.mark.parametrize(
    "query", ["", "   ", "!?", "xyzzyqwrt", "日本語", "👍", "qqqq", "asdf", "toilet", "wc", "film", "bakso", "soto"]
)
def test_nothing_is_found_for_nothing(search: ServiceSearch, query: str) -> None:
    assert ids(search, query) == []


def test_words_that_say_nothing_are_not_searched_for(search: ServiceSearch) -> None:
    assert ids(search, "saya mau urus skck") == ids(search, "skck")


def test_the_limit_holds_and_scores_fall(search: ServiceSearch) -> None:
    hits = search.find("paspor", Language.INDONESIAN, limit=5)
    assert len(hits) == 5
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_only_services_that_the_hall_shows_are_found() -> None:
    value = json.loads(SITE_FILE.read_text("utf-8"))
    value["queues"] = [queue for queue in value["queues"] if queue["agency"] != "dukcapil"]
    value["is_demonstration"] = False
    value["popular"] = []
    site = parse_site("site.json", json.dumps(value).encode(), CATALOGUE)
    search = ServiceSearch(CATALOGUE, site)
    found = {hit.service.agency_id for hit in search.find("ktp hilang halal", Language.INDONESIAN, limit=50)}
    search.close()
    assert "polda" in found
    assert "dukcapil" not in found, "it has no queue here"
    assert "bpjph" not in found, "no source places it in this hall"


def test_a_service_that_no_queue_serves_is_not_found() -> None:
    value = json.loads(SITE_FILE.read_text("utf-8"))
    value["queues"][1]["services"] = ["dukcapil.ktp-hilang"]
    search = ServiceSearch(CATALOGUE, parse_site("site.json", json.dumps(value).encode(), CATALOGUE))
    found = ids(search, "ktp rusak", limit=50)
    search.close()
    assert "dukcapil.ktp-hilang" in found
    assert "dukcapil.ktp-rusak" not in found


def test_whatever_is_typed_is_answered(search: ServiceSearch) -> None:
    @given(
        st.text(max_size=40) | st.text("abcdefghijklmnopqrstuvwxyz \"*^():-'", max_size=40), st.sampled_from(Language)
    )
    def answered(query: str, language: Language) -> None:
        assert all(0 < hit.score < 2 for hit in search.find(query, language))

    answered()


def test_one_of_two_thousand_services_is_found_by_the_place_that_tells_it_apart() -> None:
    files = large_hall(services=2_000, agencies=100)
    catalogue = parse_catalogue("large.json", files.catalogue, files.numbers)
    search = ServiceSearch(catalogue, parse_site("large.json", files.site, catalogue))
    (first, *_) = search.find("ktp ilang cenka", Language.INDONESIAN)
    search.close()
    assert first.service.name.id == "KTP-el hilang Cenka"


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("pembayaran", "bayar"), ("kehilangan", "hilang"), ("pendaftaran", "daftar"), ("mengambil", "ambil"),
        ("pengurusan", "urus"), ("perubahan", "ubah"), ("perceraian", "cerai"), ("pencatatan", "catat"),
        ("dibayar", "bayar"), ("terbakar", "bakar"), ("menyewa", "sewa"), ("pemakai", "pakai"), ("melapor", "lapor"),
        ("pekerja", "kerja"), ("tagihan", "tagih"), ("suratnya", "surat"), ("masukin", "masuk"),
        ("ktp", "ktp"), ("izin", "izin"), ("akan", "akan"), ("dinas", "dinas"),
    ],
)  # fmt: skip
def test_stemming(word: str, root: str) -> None:
    assert stem(word) == root


@pytest.mark.parametrize(("word", "root"), [("ngambil", "ambil"), ("nyari", "cari"), ("nebus", "tebus")])
def test_spoken_prefixes(word: str, root: str) -> None:
    assert root in spoken_roots(word)


def test_split_words() -> None:
    assert split_words("Akta PPAT: e-KTP, Café №5") == ("akta", "ppat", "e", "ktp", "cafe", "no5")


def test_a_broken_word_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.json"
    path.write_text('{"schema_version": 1, "about": {}, "stop_words": ["\\u0007"], "same": {"ktp": []}}', "utf-8")
    with pytest.raises(DataFileError) as refusal:
        load_search_words(path)
    assert {problem.path for problem in refusal.value.problems} == {
        "stop_words.0",
        "same.ktp",
        "related",
        "subjects",
        "moves",
    }
