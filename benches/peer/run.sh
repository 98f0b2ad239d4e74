#!/bin/sh
# The annual round in Cutline and in a Python script (HiGHS, numpy), one after the other on this machine.
#
#   benches/peer/run.sh                 all scenarios
#   SCENARIOS=4 benches/peer/run.sh     four of them, spread evenly over the batch
#   CUTLINE=path benches/peer/run.sh    a binary that has been built already
set -eu
cd "$(dirname "$0")/../.."

environment=target/peer/environment
if [ ! -x "$environment/bin/python" ] || ! "$environment/bin/python" -c 'import highspy, numpy, scipy' 2>/dev/null; then
    mkdir -p target/peer
    "${PYTHON:-python3}" -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check 'highspy>=1.15' 'numpy>=2' 'scipy>=1.17'
fi

if [ -z "${CUTLINE:-}" ]; then
    "${CARGO:-cargo}" build --release --bin cutline
    CUTLINE="${CARGO_TARGET_DIR:-target}/release/cutline"
fi

exec "$environment/bin/python" benches/peer/compare.py "$CUTLINE" "${BATCH:-scenarios/annual-2027.toml}" \
    ${SCENARIOS:+--scenarios "$SCENARIOS"}
