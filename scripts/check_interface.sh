#!/usr/bin/env bash
# Has other programs judge the HTTP interface of a server that this starts on a free port of this machine: two validators
# of the OpenAPI document, and Schemathesis, which makes requests of all kinds by it. What is not installed is skipped:
#
#     pip install openapi-spec-validator schemathesis
#     npm install --global @redocly/cli
#
# CUTLINE is the program [default: the optimised build], EXAMPLES how many requests are made of each operation [25].
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/server.sh

read -r -a program <<<"${CUTLINE:-cargo run --release --quiet --bin cutline --}"
command -v curl >/dev/null || { echo "Skipped: the interface is not checked by others, as curl is not installed."; exit 0; }

place=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$place"' EXIT
start_server "$place" "${program[@]}"
curl -sS --fail "$address/openapi.json" >"$place/openapi.json"

failed=0
try() { # NAME COMMAND...
    local name=$1
    shift
    if ! command -v "$1" >/dev/null; then
        echo "Skipped: $name is not installed."
        return
    fi
    echo "--- $name"
    # They leave notes where they run.
    (cd "$place" && "$@") || { echo "$name has found faults." >&2; failed=1; }
}

try openapi-spec-validator openapi-spec-validator "$place/openapi.json"
try Redocly redocly lint "$place/openapi.json"
# Streams last as long as their batches and are left to tests of our own. Most texts are no batch file or name scenarios
# that are not there: that these are refused is no fault of the schema.
common=(--url "$address" --max-examples "${EXAMPLES:-25}" --exclude-path-regex 'events$' --continue-on-failure
    --max-time "${SECONDS_OF_REQUESTS:-240}" --request-timeout 30)
try Schemathesis schemathesis run "$place/openapi.json" "${common[@]}" --exclude-operation-id submit \
    --exclude-operation-id rerun
try "Schemathesis (submissions)" schemathesis run "$place/openapi.json" "${common[@]}" \
    --exclude-checks positive_data_acceptance
exit "$failed"
