#!/usr/bin/env bash
# Takes pictures of what people see: the report of a result and the pages of the service, as a browser shows them, light and
# dark, on a desk and on a phone, and the report as it is printed. Reads nothing from outside of this machine.
#
#     scripts/screenshots.sh [FOLDER]     the pictures [default: target/screenshots]
#
# CUTLINE is the program [default: the optimised build], BATCH the batch file [default: the bundled meridian-what-if], CHROMIUM
# the browser [default: chromium].
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

read -r -a program <<<"${CUTLINE:-cargo run --release --quiet --bin cutline --}"
browser=${CHROMIUM:-chromium}
batch=${BATCH:-scenarios/meridian-what-if.toml}
command -v "$browser" >/dev/null || { echo "Skipped: there is no browser \`$browser\` to take pictures with."; exit 0; }
command -v curl >/dev/null || { echo "Skipped: curl is not installed."; exit 0; }
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

"${program[@]}" serve --data "$place/data" --listen 127.0.0.1:0 2>"$place/log" &
server=$!
address=
for _ in $(seq 1200); do
    address=$(sed -n 's/^Serving on \(http:[^ ]*\).*/\1/p' "$place/log")
    [ -n "$address" ] && break
    kill -0 "$server" 2>/dev/null || { cat "$place/log" >&2; exit 1; }
    sleep 0.5
done
[ -n "$address" ] || { echo "The server did not start." >&2; exit 1; }
CUTLINE_SERVER=$address "${program[@]}" submit "$batch" --wait >/dev/null
id=$(curl -sS --fail "$address/v1/batches?limit=1" | sed 's/.*"id":"\([^"]*\)".*/\1/')
picture service-home "$address/" 1280,1600
picture service-batch "$address/batches/$id" 1280,2400
picture service-batch-dark "$address/batches/$id" 1280,2400 "$dark"
picture service-batch-phone "$address/batches/$id" 390,2400
