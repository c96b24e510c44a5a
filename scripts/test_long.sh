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
stage "14,000 simulated histories" .venv/bin/python -m tests.simulator --count 14000
stage "4,000 harsh ones" .venv/bin/python -m tests.simulator --count 4000 --harsh
stage "4,000 with officers at work" .venv/bin/python -m tests.simulator --count 4000 --desks

export GILIRAN_SEED=$RANDOM GILIRAN_TICKETS=5000 GILIRAN_CUTS=100
stage "5,000 tickets and 100 power cuts in real processes, by chance $GILIRAN_SEED" .venv/bin/python -m pytest -q \
  -o faulthandler_timeout=3600 tests/faults/test_whole_hall.py tests/faults/test_power_cut.py

export GILIRAN_CRASHES=1000
stage "1,000 kiosks killed between the press and the verdict" .venv/bin/python -m pytest -q \
  -o faulthandler_timeout=3600 tests/faults/test_crash_matrix.py

export GILIRAN_FORCED_FAULTS=1000
stage "1,000 slips with a fault forced on the printer" .venv/bin/python -m pytest -q \
  -o faulthandler_timeout=3600 tests/faults/test_forced_faults.py

export GILIRAN_VISITS=400
stage "a hall's day of 400 visits with real desks and a board" .venv/bin/python -m pytest -q \
  -o faulthandler_timeout=3600 tests/e2e/test_hall_day.py

export GILIRAN_CALL_RACES=10000
stage "10,000 races of four officers on one queue, on each database" .venv/bin/python -m pytest -q \
  -o faulthandler_timeout=7200 tests/unit/server/test_call_races.py
