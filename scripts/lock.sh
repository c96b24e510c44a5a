#!/usr/bin/env bash
# Renews requirements.lock from pyproject.toml: every package for every platform, pinned and hashed, no index named.
set -euo pipefail
cd "$(dirname "$0")/.."

.venv/bin/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade \
  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock
