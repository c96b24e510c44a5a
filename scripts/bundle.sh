#!/usr/bin/env bash
# Builds dist/giliran/ when its sources changed, then starts it where neither Python nor the source tree is in reach.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stage.sh

largest_mb=220
stamp=dist/.bundle-stamp

fingerprint() {
  find giliran.py kiosk.spec scripts/bundle_icu.py requirements.lock assets bench kiosk printing server ui -type f -not -name '*.pyc' -print0 |
    sort -z | xargs -0 sha256sum | sha256sum
}

build() {
  local sources
  sources=$(fingerprint)
  [[ $sources != "$(cat "$stamp" 2>/dev/null)" || ! -x dist/giliran/giliran ]] || return 0
  .venv/bin/pyinstaller --noconfirm --log-level ERROR kiosk.spec
  echo "$sources" >"$stamp"
}

weigh() {
  local megabytes
  megabytes=$(du --summarize --block-size=1000000 dist/giliran | cut -f 1)
  echo "    $megabytes MB of at most $largest_mb MB"
  ((megabytes <= largest_mb)) || { echo "The bundle is too large: see the filters in kiosk.spec." >&2; return 1; }
}

# The bundle alone: moved elsewhere, an empty environment, the source tree and .venv out of sight, no complaint.
start() (
  elsewhere=$(mktemp -d)
  trap 'rm -rf "$elsewhere"' EXIT
  hidden=()
  if unshare --mount --map-root-user true 2>/dev/null; then
    hidden=(unshare --mount --map-root-user /bin/sh -c 'mount -t tmpfs none "$0" && exec "$@"' "$PWD")
  fi
  cp -a dist/giliran "$elsewhere/"
  cd "$elsewhere"
  failed=0
  "${hidden[@]}" /usr/bin/env -i HOME="$elsewhere" PATH=/nowhere "$elsewhere/giliran/giliran" "$@" 2>stderr || failed=1
  cat stderr >&2
  ((!failed)) || exit 1
  [[ ! -s stderr ]] || { echo "The bundle did it, but complained: see above." >&2; exit 1; }
)

stage "bundle" build
stage "bundle size" weigh
stage "bundle self-test" start selftest
stage "bundle visit" start run --headless
