"""What a benchmark reports, and what its exit code says."""

import json
import sys
from types import ModuleType

import pytest

from bench.measurement import Budget, Measurement, percentile
from bench.report import run_benchmark


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


@pytest.fixture
def subject(monkeypatch: pytest.MonkeyPatch) -> str:
    """A benchmark of two measurements; the second breaks its budget."""
    module = ModuleType("bench.sample")
    module.measure = lambda: (  # type: ignore[attr-defined]
        Measurement("quick thing", "ms", [1.0, 2.0], [1.0], (Budget("p99", 5), Budget("ratio", 2))),
        Measurement("slow thing", "ms", [7.0], budgets=(Budget("p99", 5),)),
    )
    monkeypatch.setitem(sys.modules, "bench.sample", module)
    return "sample"


def test_report_is_one_document_and_a_broken_budget_exits_1(subject: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_benchmark(subject, as_json=True) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["subject"], report["ok"]) == ("sample", False)
    assert report["measurements"][0] == {
        "name": "quick thing", "unit": "ms", "n": 2, "p50": 1.0, "p95": 2.0, "p99": 2.0, "max": 2.0, "ratio": 1.5,
        "budget": ["p99 <= 5", "ratio <= 2"], "ok": True,
    }  # fmt: skip


def test_report_is_a_table_for_people(subject: str, capsys: pytest.CaptureFixture[str]) -> None:
    run_benchmark(subject, as_json=False)
    table = capsys.readouterr().out
    assert all(words in table for words in ("quick thing", "yes", "slow thing", "NO"))
