"""What a benchmark reports: samples, their percentiles, the ratio to a baseline of the same run, and the budget."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

Statistic = Literal["p50", "p95", "p99", "max", "ratio"]


@dataclass(frozen=True, slots=True)
class Budget:
    """`statistic` must be at most `limit`; with `at_least`, at least. Figures from design.md, section 13."""

    statistic: Statistic
    limit: float
    at_least: bool = False

    def __str__(self) -> str:
        return f"{self.statistic} {'>=' if self.at_least else '<='} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Measurement:
    """`samples` and `baseline` in `unit`; a baseline is the bare thing measured in the same run on the same machine."""

    name: str
    unit: str
    samples: Sequence[float]
    baseline: Sequence[float] = ()
    budgets: tuple[Budget, ...] = ()

    @property
    def ratio(self) -> float | None:
        """Median to median, so that one slow disk flush decides nothing."""
        return median(self.samples) / median(self.baseline) if self.baseline else None

    @property
    def is_within_budget(self) -> bool:
        return all(self._keeps(budget) for budget in self.budgets)

    def statistic(self, name: Statistic) -> float | None:
        if name == "ratio":
            return self.ratio
        return percentile(self.samples, {"p50": 50, "p95": 95, "p99": 99, "max": 100}[name])

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "n": len(self.samples),
            **{name: self.statistic(name) for name in ("p50", "p95", "p99", "max", "ratio")},
            "budget": [str(budget) for budget in self.budgets],
            "ok": self.is_within_budget,
        }

    def _keeps(self, budget: Budget) -> bool:
        value = self.statistic(budget.statistic)
        if value is None:
            return False
        return value >= budget.limit if budget.at_least else value <= budget.limit


def percentile(samples: Sequence[float], percent: float) -> float:
    """By nearest rank: always a value that was measured."""
    ranked = sorted(samples)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]
