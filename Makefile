# Cutline. Rust itself is assumed to be installed (the version in Cargo.toml, `rust-version`, or newer).
#
#   make run         build, and run the annual planning round of the bundled portfolio
#   make test        all quick tests, those in the documentation among them
#   make test-full   the slow studies too (optimised build), and the HTTP interface as other programs judge it
#   make golden      renew the results that tests/golden.rs keeps of every bundled batch; then read the difference
#   make bench       benchmarks of our own code
#   make bench-peer  the same problems in other tools, side by side
#   make bench-solvers   the search beside open solvers (see benches/solvers/README.md)
#   make lint        format, clippy (without the service too) and documentation, any warning is an error; and the oldest Rust
#   make setup       what the solver needs to compile: CMake, a C++ compiler, libclang (all others do this first)
#   make setup-test  what tests need beside: Slurm, where apt-get has it, and axe-core, where npm has it (else their tests are skipped)

CARGO ?= cargo
BATCH ?= scenarios/annual-2027.toml

.PHONY: run test test-full golden bench bench-peer bench-solvers lint oldest-rust setup setup-test setup-slurm setup-axe

run: setup
	$(CARGO) run --release --bin cutline -- run $(BATCH)

# The documentation's examples come first, so that the last lines are the summary of all other tests. Random tests begin
# from one seed, so that what fails here fails again; `make test-full` draws others each time.
test: export PROPTEST_RNG_SEED ?= 2027
test: setup setup-test
	$(CARGO) test --doc
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
	    set -x; $(CARGO) nextest run; \
	else \
	    set -x; $(CARGO) test --lib --bins --tests --no-fail-fast; \
	fi

test-full: setup setup-test
	$(CARGO) test --release --no-fail-fast -- --include-ignored
	CUTLINE="$(CARGO) run --release --quiet --bin cutline --" scripts/check_interface.sh

# The full batches are in there, so it takes an optimised build.
golden: setup
	UPDATE_GOLDEN=1 $(CARGO) test --release --test golden -- --include-ignored

bench: setup
	$(CARGO) bench

bench-peer: setup
	benches/peer/run.sh

bench-solvers: setup
	benches/solvers/run.sh $(ARGS)

lint: setup
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	$(CARGO) clippy --lib --bins --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps --document-private-items
	@$(MAKE) --no-print-directory oldest-rust

# Whether all compiles with the oldest Rust that Cargo.toml promises, where rustup has it.
oldest-rust: setup
	@version=$$(sed -n 's/^rust-version = "\(.*\)"$$/\1/p' Cargo.toml); \
	case "$$(rustc --version)" in \
	    "rustc $$version."*) echo "Rust $$version, the oldest that is promised, is in use here."; exit 0 ;; \
	esac; \
	toolchain=$$(rustup toolchain list 2>/dev/null | sed -n "s/^\($$version[.-][^ ]*\).*/\1/p" | head -n 1); \
	if [ -z "$$toolchain" ]; then \
	    echo "Skipped: Rust $$version is not installed, so whether all compiles with it is not known."; exit 0; \
	fi; \
	set -x; RUSTUP_TOOLCHAIN=$$toolchain $(CARGO) check --lib --bins

# ---- What the solver, HiGHS, needs to compile -----------------------------------------------------------------------
HAS_CMAKE = command -v cmake >/dev/null 2>&1
HAS_CXX = command -v "$${CXX:-c++}" >/dev/null 2>&1
HAS_LIBCLANG = { [ -n "$$LIBCLANG_PATH" ] || command -v llvm-config >/dev/null 2>&1 \
    || PATH="$$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -Eq 'libclang(-[0-9.]+)?\.so'; }

setup:
	@$(HAS_CMAKE) && $(HAS_CXX) && $(HAS_LIBCLANG) && exit 0; \
	echo "Installing what the solver needs to compile: CMake, a C++ compiler, libclang"; \
	if ! command -v apt-get >/dev/null 2>&1; then \
	    echo "There is no apt-get here: install CMake, a C++ compiler and libclang yourself, then try again." >&2; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then as_root=; \
	elif command -v sudo >/dev/null 2>&1; then as_root=sudo; \
	else \
	    echo "This needs root: run 'apt-get install cmake g++ libclang-dev' as root, then try again." >&2; exit 1; \
	fi; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$as_root apt-get update -q && \
	{ $$as_root apt-get install -q -y --no-install-recommends cmake g++ libclang1-14 \
	  || $$as_root apt-get install -q -y --no-install-recommends cmake g++ libclang-dev; }

# ---- What tests need beside -----------------------------------------------------------------------------------------
# A batch is run on a real Slurm cluster of three nodes on this machine, which only root can start.
setup-test: setup-slurm setup-axe

setup-slurm:
	@command -v slurmctld >/dev/null 2>&1 && command -v munged >/dev/null 2>&1 && exit 0; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then \
	    echo "Slurm is not installed, and this is not root on a machine with apt-get: its tests are skipped."; exit 0; \
	fi; \
	echo "Installing what tests need: Slurm"; \
	export DEBIAN_FRONTEND=noninteractive; \
	{ apt-get update -q && apt-get install -q -y --no-install-recommends slurm-wlm munge procps; } \
	|| echo "Slurm could not be installed: its tests are skipped."

# The rules of accessibility (axe-core), beside what is built and never among the sources.
AXE = target/axe/node_modules/axe-core/axe.min.js
setup-axe:
	@if [ -n "$$AXE_CORE" ] || [ -f $(AXE) ]; then exit 0; fi; \
	command -v npm >/dev/null 2>&1 || { echo "npm is not installed: the test of accessibility is skipped."; exit 0; }; \
	echo "Installing what tests need: axe-core"; \
	npm install --silent --no-save --prefix target/axe axe-core@4 \
	|| echo "axe-core could not be installed: the test of accessibility is skipped."
