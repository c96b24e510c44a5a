#!/usr/bin/env bash
# Many more simulated histories than `make test` has time for (docs/simulator.md). Options go to the simulator:
# scripts/test_long.sh --seed 4711 --shorten
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stage.sh

# The order of sets in memory is part of a history: with this, a seed means the same in every process.
export PYTHONHASHSEED=0

if (($#)); then
  exec .venv/bin/python -m tests.simulator "$@"
fi
stage "20,000 simulated histories" .venv/bin/python -m tests.simulator --count 20000
