"""What a benchmark reports."""

import pytest

from bench.measurement import Budget, Measurement, percentile


@pytest.mark.parametrize(
    ("samples", "percent", "expected"),
    [([5.0], 50, 5.0), ([5.0], 99, 5.0), ([4.0, 1.0, 3.0, 2.0], 50, 2.0), ([4.0, 1.0, 3.0, 2.0], 100, 4.0),
     (list(map(float, range(1, 101))), 95, 95.0), (list(map(float, range(1, 101))), 99, 99.0)],
)  # fmt: skip
def test_percentile_is_by_nearest_rank(samples: list[float], percent: float, expected: float) -> None:
    assert percentile(samples, percent) == expected


@pytest.mark.parametrize(
    ("budget", "ok"),
    [(Budget("p99", 4), True), (Budget("p99", 3.9), False), (Budget("ratio", 2), True), (Budget("ratio", 1.9), False),
     (Budget("p50", 3, at_least=True), False), (Budget("p50", 2, at_least=True), True)],
    ids=str,
)  # fmt: skip
def test_budget_is_kept_or_not(budget: Budget, *, ok: bool) -> None:
    measured = Measurement("a thing", "ms", [1.0, 2.0, 3.0, 4.0], [1.25], (budget,))
    assert measured.is_within_budget is ok
    assert measured.as_json()["ok"] is ok


def test_a_ratio_needs_a_baseline() -> None:
    measured = Measurement("a thing", "ms", [1.0], budgets=(Budget("ratio", 2),))
    assert measured.ratio is None
    assert not measured.is_within_budget
