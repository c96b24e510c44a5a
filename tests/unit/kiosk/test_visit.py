from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.visit import plan_stops
from tests.small_hall import SERVICE_NUMBERS, small_catalogue, small_site

KTP, KK, SKCK, NPWP = SERVICE_NUMBERS


@pytest.mark.parametrize(
    ("chosen", "after", "order"),
    [
        ([KTP], {}, [(KTP, ())]),
        ([NPWP, KK], {}, [(NPWP, ()), (KK, ())]),
        ([SKCK, KTP], {SKCK: (KTP,)}, [(KTP, ()), (SKCK, (1,))]),
        ([SKCK, NPWP, KTP], {SKCK: (KTP,)}, [(NPWP, ()), (KTP, ()), (SKCK, (2,))]),
        ([SKCK], {SKCK: (KTP,)}, [(SKCK, ())]),
        ([NPWP, SKCK, KTP], {NPWP: (SKCK, KTP), SKCK: (KTP,)}, [(KTP, ()), (SKCK, (1,)), (NPWP, (1, 2))]),
        ([KTP, KK], {KTP: (KK,), KK: (KTP,)}, [(KTP, ()), (KK, (1,))]),
        ([KTP], {KTP: (KTP,)}, [(KTP, ())]),
    ],
    ids=["one", "free", "prerequisite first", "rest stays", "not in the visit", "chain", "circle", "itself"],
)
def test_stops_of_a_visit(
    chosen: list[str], after: Mapping[str, tuple[str, ...]], order: list[tuple[str, tuple[int, ...]]]
) -> None:
    services = small_catalogue().services
    stops = plan_stops([services[service_id] for service_id in chosen], small_site(after=after))
    assert [(stop.service_id, stop.after) for stop in stops] == order
    assert [stop.position for stop in stops] == list(range(1, len(chosen) + 1))
    assert [stop.service_number for stop in stops] == [SERVICE_NUMBERS[service_id] for service_id, _ in order]


@given(
    st.permutations(list(SERVICE_NUMBERS)),
    st.dictionaries(st.sampled_from(list(SERVICE_NUMBERS)), st.lists(st.sampled_from(list(SERVICE_NUMBERS)))),
)
def test_every_stop_only_waits_for_earlier_ones(chosen: list[str], after: dict[str, list[str]]) -> None:
    site = replace(small_site(), after={key: tuple(values) for key, values in after.items()})
    services = small_catalogue().services
    stops = plan_stops([services[service_id] for service_id in chosen], site)
    assert sorted(stop.service_id for stop in stops) == sorted(chosen)
    assert all(earlier < stop.position for stop in stops for earlier in stop.after)
