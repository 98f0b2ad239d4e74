#!/usr/bin/env bash
# Takes pictures of what people see: the report of a result and the pages of the service, as a browser shows them, light and
# dark, on a desk and on a phone, and the report as it is printed. Reads nothing from outside of this machine.
#
#     scripts/screenshots.sh [FOLDER]     the pictures [default: target/screenshots]
#     scripts/screenshots.sh --guide      only the few that the guide shows, into docs/pictures (needs python3)
#
# CUTLINE is the program [default: the optimised build], BATCH the batch file [default: the bundled meridian-what-if], CHROMIUM
# the browser [default: chromium].
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/server.sh

read -r -a program <<<"${CUTLINE:-cargo run --release --quiet --bin cutline --}"
browser=${CHROMIUM:-chromium}
batch=${BATCH:-scenarios/meridian-what-if.toml}
command -v "$browser" >/dev/null || { echo "Skipped: there is no browser \`$browser\` to take pictures with."; exit 0; }
command -v curl >/dev/null || { echo "Skipped: curl is not installed."; exit 0; }
if [ "${1:-}" = --guide ]; then
    command -v python3 >/dev/null || { echo "Skipped: python3 is not installed."; exit 0; }
    results=$(mktemp -d)
    trap 'rm -rf "$results"' EXIT
    "${program[@]}" run "$batch" --quiet --format html --out "$results/out"
    python3 scripts/pictures.py "$browser" "$results/out/report.html" docs/pictures answer waterline matrix fit
    exit 0
fi
mkdir -p "${1:-target/screenshots}"
pictures=$(cd "${1:-target/screenshots}" && pwd)

place=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$place"' EXIT

# Name, address, width and height in pixels, and further arguments.
picture() {
    local name=$1 address=$2 size=$3
    shift 3
    "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$place/browser" --virtual-time-budget=10000 \
        --window-size="$size" --screenshot="$pictures/$name.png" "$@" "$address" >"$place/browser.log" 2>&1 ||
        { cat "$place/browser.log" >&2; exit 1; }
    echo "$pictures/$name.png"
}

dark=--force-dark-mode
"${program[@]}" run "$batch" --quiet --format html --out "$place/out"
report="file://$place/out/report.html"
picture report "$report" 1280,2400
picture report-dark "$report" 1280,2400 "$dark"
picture report-phone "$report" 390,2400
"$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$place/browser" --virtual-time-budget=10000 \
    --print-to-pdf="$pictures/report.pdf" "$report" >"$place/browser.log" 2>&1
echo "$pictures/report.pdf"

start_server "$place" "${program[@]}"
CUTLINE_SERVER=$address "${program[@]}" submit "$batch" --wait >/dev/null
id=$(curl -sS --fail "$address/v1/batches?limit=1" | sed 's/.*"id":"\([^"]*\)".*/\1/')
picture service-home "$address/" 1280,1600
picture service-batch "$address/batches/$id" 1280,2400
picture service-batch-dark "$address/batches/$id" 1280,2400 "$dark"
picture service-batch-phone "$address/batches/$id" 390,2400
