#!/usr/bin/env bash
# Holds a running service to its own description: Schemathesis makes requests from /openapi.json, right and wrong ones,
# and looks for failures of the server and for answers that are not described.
#
#     benches/service/fuzz.sh PROGRAM [EXAMPLES]
#
# Installs Schemathesis into target/schemathesis (needs python3 with venv, and the package index).
set -euo pipefail
program=$(realpath "${1:?the built program}")
examples=${2:-50}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
tools=$root/target/schemathesis
[ -x "$tools/bin/schemathesis" ] || { python3 -m venv "$tools" && "$tools/bin/pip" install -q schemathesis; }

data=$(mktemp -d)
"$program" serve --listen 127.0.0.1:0 --data "$data" --log text 2> "$data/log" &
server=$!
trap 'kill $server; wait $server || true; rm -rf "$data"' EXIT
until grep -q 'Serving on' "$data/log"; do sleep 0.1; done
url=$(grep -o 'http://[0-9.:]*' "$data/log" | head -1)

# A batch that is there, so that not every id leads nowhere.
id=$("$program" submit "$root/scenarios/petersen-1.toml" --server "$url" --wait | cut -d' ' -f1)
echo "batch $id"
cd "$data"
"$tools/bin/schemathesis" run "$url/openapi.json" --checks not_a_server_error,content_type_conformance,status_code_conformance \
    --max-examples "$examples" --exclude-path-regex '/events$' --request-timeout 20
curl -sf "$url/healthz"
