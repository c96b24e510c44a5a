"""From a keystroke to the services found, in the shipped hall and in one of 10,000 services."""

import time
from collections.abc import Iterator, Sequence

from bench.large_hall import large_hall
from bench.measurement import Budget, Measurement
from kiosk.catalogue_file import load_catalogue, parse_catalogue
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.language import Language
from kiosk.domain.site import Site
from kiosk.paths import resource_path
from kiosk.search import ServiceSearch
from kiosk.site_file import load_site, parse_site

TYPED = (
    "saya mau perpanjang sim",
    "ktp ilang",
    "gimana cara urus bpjs nonaktif",
    "kartu keluarga rusak",
    "sertipikat tanah hilang",
    "perpanjnag pasport",
    "anak baru lahir",
    "pajak motor mati",
    "hp dari luar negeri ga ada sinyal",
    "renew passport",
    "birth certificate",
    "surat",
    "izin usaha warung makan kecil di rumah sendiri",
    "xyzzyx qwrtp",
)
"""Everyday needs, slips of the finger, one word that is everywhere, and nonsense, which is tried hardest."""


def measure() -> Sequence[Measurement]:
    files = large_hall()
    large = parse_catalogue("large hall", files.catalogue, files.numbers)
    catalogue = load_catalogue(
        resource_path("assets/catalogue/mpp-jakarta.json"), resource_path("assets/catalogue/service-numbers.json")
    )
    site = load_site(resource_path("assets/sites/mpp-jakarta.json"), catalogue)
    return (
        _keystrokes("keystroke, shipped catalogue", catalogue, site),
        _keystrokes("keystroke, 10,000 services", large, parse_site("large hall", files.site, large)),
    )


def _keystrokes(name: str, catalogue: Catalogue, site: Site) -> Measurement:
    """Milliseconds. Each query is typed once, so that nothing but what a visitor repeats is remembered."""
    search = ServiceSearch(catalogue, site)
    samples = [_timed(search, query) for query in _as_typed()]
    search.close()
    return Measurement(name, "ms", samples, budgets=(Budget("p99", 15),))


def _as_typed() -> Iterator[str]:
    for query in TYPED:
        yield from (query[:length] for length in range(1, len(query) + 1))


def _timed(search: ServiceSearch, query: str) -> float:
    before = time.perf_counter()
    search.find(query, Language.INDONESIAN)
    return (time.perf_counter() - before) * 1000
