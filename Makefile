# One way to do each thing; CI, the commit hook and people all call these targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OFFSCREEN := QT_QPA_PLATFORM=offscreen
# One more than cores: many tests wait for programs, disks and sockets.
WORKERS ?= $(shell expr $$(nproc) + 1)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types imports format bench mutation faults simulate soak planted bundle lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(READY)  ## prepare this machine and the virtual environment

$(READY): requirements.lock pyproject.toml installers/linux/prepare-machine
	@PYTHON=$(PYTHON) installers/linux/prepare-machine
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Tillfold needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing the Python packages (hash-pinned)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)  ## run a day at two counters (HEADLESS=1: without a display)
	@$(BIN)/python -m tests.demo $(if $(HEADLESS),--headless)

test: $(READY)  ## run all tests
	@$(OFFSCREEN) $(BIN)/python -m pytest -n $(WORKERS)

check: lint types imports  ## lint, types, import contracts

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy

imports: $(READY)
	@$(BIN)/lint-imports --no-cache

format: $(READY)  ## put the code into its standard form
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: $(READY)  ## measure the budgets into out/bench.json (ONLY=selling,first_sync: some)
	@$(OFFSCREEN) $(BIN)/python -m tests.benchmarks

mutation: $(READY)  ## change the rules of money a few thousand times; the tests must notice 90 %
	@$(BIN)/python -m tests.mutation

faults: $(READY)  ## kill and hurt the real programs, at full length; as root also cut their power
	@$(BIN)/python -m tests.faults

simulate: $(READY)  ## tills and server under faults: SEED=7 tells one run, SEEDS=100 makes many
	@$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED) $(if $(SHRINK),--shrink),--seeds $(or $(SEEDS),60))

soak: planted  ## 5,000 seeds of 5 tills and 3 days, then 200 of 20 tills and 14 days; takes a night
	@$(BIN)/python -m tests.simulation --seeds 5000
	@$(BIN)/python -m tests.simulation --seeds 200 --tills 20 --days 14

planted: $(READY)  ## how many seeds each planted bug needs to be seen
	@$(BIN)/python -m tests.simulation --planted

bundle: $(READY)  ## build the Linux bundle of the till in dist/
	@$(BIN)/python installers/linux/build_bundle.py

lock: $(READY)  ## choose the newest allowed versions and pin them (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --all-extras --no-annotate \
		--no-header --upgrade --output-file requirements.lock pyproject.toml

clean:  ## remove everything that can be made again
	rm -rf $(VENV) out build dist mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis
