# shellcheck shell=bash
# For other scripts (`. scripts/server.sh`): a server of the service on a free port of this machine.

# start_server PLACE PROGRAM...: starts it with its data and log in a folder; sets `server` (process) and `address`.
start_server() {
    local place=$1
    shift
    "$@" serve --data "$place/data" --listen 127.0.0.1:0 2>"$place/log" &
    server=$!
    address=
    for _ in $(seq 1200); do
        address=$(sed -n 's/^Serving on \(http:[^ ]*\).*/\1/p' "$place/log")
        [ -n "$address" ] && return
        kill -0 "$server" 2>/dev/null || { cat "$place/log" >&2; exit 1; }
        sleep 0.5
    done
    echo "The server did not start." >&2
    exit 1
}
