#!/usr/bin/env bash
# Installs the packages of system-packages.txt that are missing; without root, says the command and stops.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian: please see that what scripts/system-packages.txt lists is installed." >&2
  exit 0
fi

mapfile -t wanted < <(sed 's/#.*//' system-packages.txt | awk 'NF { print $1 }')
# From Debian 13 on, some libraries carry the suffix of the 64-bit time transition.
installed=" $(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' | awk '$1 == "installed" { sub(/t64$/, "", $2); printf "%s ", $2 }')"
missing=()
for package in "${wanted[@]}"; do
  [[ $installed == *" $package "* ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  as_root=(sudo -n)
  if ! sudo -n true 2>/dev/null; then
    echo "Please run this once as root, then start again: apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
fi
echo "    installing ${missing[*]}"
install() {
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
    -o Dpkg::Use-Pty=0 "${missing[@]}"
}
if ! chatter=$(install 2>&1); then
  printf '%s\n' "$chatter" >&2
  echo "apt-get could not install what is missing: see above." >&2
  exit 1
fi
