#!/bin/sh
# Cutline's search beside open solvers on this machine; README.md beside this file says what is compared.
#
#   benches/solvers/run.sh --quick      arguments are those of run.py
#   BINARIES=path benches/solvers/run.sh    a folder with `cutline` and `examples/solve_instance`, built already
set -eu
cd "$(dirname "$0")/../.."

environment=target/solvers/environment
if [ ! -x "$environment/bin/python" ]; then
    mkdir -p target/solvers
    "${PYTHON:-python3}" -m venv "$environment"
fi
if ! "$environment/bin/python" -c 'import numpy, scipy, pandas' 2>/dev/null; then
    "$environment/bin/pip" install --quiet --disable-pip-version-check 'numpy>=2' 'scipy>=1.17' 'pandas>=2.2'
fi
# A solver that cannot be had here is reported as not installed.
for package in highspy pulp pyscipopt ortools; do
    "$environment/bin/python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$package') is None)" ||
        "$environment/bin/pip" install --quiet --disable-pip-version-check "$package" ||
        echo "$package cannot be installed: left out" >&2
done

if [ -z "${BINARIES:-}" ]; then
    "${CARGO:-cargo}" build --release --bin cutline --example solve_instance
    BINARIES="${CARGO_TARGET_DIR:-target}/release"
fi

exec "$environment/bin/python" benches/solvers/run.py --binaries "$BINARIES" "$@"
