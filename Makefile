# Needs GNU make (3.81 or newer) and Python (3.11 or newer), nothing before it.
# Words for the command line: ARGS="-k reset -x" goes to pytest; PYTHON=... names the interpreter;
# SCALE=1.0 runs the chaos tests in real time; WORKERS=8; MARKS="..." selects other chaos tests.
# SHARED=1 on a machine that others use too: twice the time for everything.

.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV ?= .venv
PYTHON ?= $(shell .ci/find-python)
MARKS ?= integration and not real_api and not soak
UNIT ?= not integration and not real_api and not soak
CLIENTS ?= $(VENV)-clients
SHARED ?=
SCALE ?= $(if $(SHARED),0.2,0.1)
# A test that failed while the machine provably stood still is played again, and told.
SPOILT := -p chaos_tests.again
DURATION ?= 8h
WORKERS ?= $(if $(SHARED),5,4)
ARGS ?=
# To be counted makes a bot slower: it gets twice the time.
COVERAGE_SCALE ?= 0.2
BOT_TESTS := $(addprefix chaos_tests/,brokerages orchestration streaming scenarios)
# One test for each profile of the library: a quarter of an hour, which make survival takes.
NO_SURVIVAL := --ignore chaos_tests/scenarios/test_library_survival.py
REPORTS := build/reports
RUNS ?= 50

BIN := $(VENV)/bin
BOT ?= $(BIN)/python -m bot_v2 --config examples/bot_v2.yaml --time-scale $(SCALE)
INSTALLED := $(VENV)/.stamp
TOXIPROXY := $(VENV)/.toxiproxy
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install
# Without the files that this keeps from being written, pytest would translate each module anew in every process.
unexport PYTHONDONTWRITEBYTECODE
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes \
	--no-annotate --no-header

chaos-test: $(TOXIPROXY)  ## drive a real client through the real Toxiproxy, fault by fault
	$(BIN)/pytest chaos_tests $(NO_SURVIVAL) -m "($(MARKS)) and not clients and not browser and not known_bad" -n $(WORKERS) \
		-p chaos_tests.workers $(SPOILT) --dist loadgroup --downtick-time-scale $(SCALE) \
		--downtick-report $(REPORTS)/chaos $(ARGS)

test-clients: $(TOXIPROXY)  ## let real clients trade on the exchange, each in an environment of its own
	$(BIN)/python -m chaos_tests.clients.environments "$(CLIENTS)"
	DOWNTICK_CLIENTS="$(CLIENTS)" $(BIN)/pytest chaos_tests/clients -m clients -n 2 $(ARGS)

test-report: $(INSTALLED)  ## look at the pages of a report in a headless Chromium, light and dark, and click through them
	$(BIN)/pytest chaos_tests/report -m browser $(ARGS)

test-judge: SCALE = 0.5
test-judge: $(TOXIPROXY)  ## judge the judge: it must catch every known-bad bot and no healthy one (a quarter of an hour)
	$(BIN)/pytest chaos_tests/known_bad -m known_bad --known-bad-table docs/known-bad.md $(SPOILT) \
		--downtick-time-scale $(SCALE) $(ARGS)

test: $(INSTALLED)  ## run the unit tests
	$(BIN)/pytest tests -m "$(UNIT)" --maxfail=10 -n auto --dist loadfile $(ARGS)

check: $(INSTALLED)  ## format and lint (ruff), types (mypy --strict), unit tests with fewer examples than make test
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/pytest -q tests -m "$(UNIT)" -n auto --dist loadfile --hypothesis-profile quick

coverage: $(TOXIPROXY)  ## count the branches of the bot that unit and chaos tests run through, subprocesses included
	rm -rf build/coverage && mkdir -p build/coverage
	$(BIN)/coverage run -m pytest -q tests/bot_v2 -m "$(UNIT)" -n $(WORKERS)
	$(BIN)/coverage run -m pytest -q $(BOT_TESTS) $(NO_SURVIVAL) -m "$(MARKS)" -n $(WORKERS) \
		--dist loadgroup --downtick-time-scale $(COVERAGE_SCALE)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage json --quiet -o build/coverage.json
	$(BIN)/python -m benchmarks.plan coverage build/coverage.json

repeat: $(TOXIPROXY)  ## run the chaos tests RUNS=50 times and keep a report of each, for make test-plan
	mkdir -p $(REPORTS)/runs
	failed=0; for run in $$(seq $(RUNS)); do \
		$(MAKE) chaos-test ARGS="-q --junit-xml=$(REPORTS)/runs/$$run.xml" || failed=1; done; exit $$failed

test-plan: $(TOXIPROXY)  ## write the figures of a run into docs/test-plan.md: tests, coverage, time, flakes
	$(MAKE) test ARGS="-q --junit-xml=$(REPORTS)/unit.xml"
	$(MAKE) chaos-test ARGS="-q --junit-xml=$(REPORTS)/chaos.xml"
	$(MAKE) coverage
	$(BIN)/python -m benchmarks.plan fill $(REPORTS) build/coverage.json

bench: $(TOXIPROXY)  ## measure what the README promises, as tables
	$(BIN)/python -m benchmarks $(ARGS)

lint-toxics: $(INSTALLED)  ## lint every fault profile of the library
	$(BIN)/downtick lint $(ARGS)

sandbox-test: $(TOXIPROXY)  ## let the bot's clients work before a Coinbase sandbox (opt-in: .env.sandbox.example)
	set -a; [ ! -f .env.sandbox ] || . ./.env.sandbox; set +a; \
		$(BIN)/pytest -m "real_api and integration" $(ARGS)

soak: $(TOXIPROXY)  ## let the bot trade under fault after fault, for DURATION=8h of real time; Ctrl-C ends it
	$(BIN)/pytest chaos_tests/soak -m soak --soak-duration $(DURATION) --downtick-time-scale $(SCALE) $(ARGS)

compose-test: $(INSTALLED)  ## build the images of compose/, and let one chaos test act on them (BASE_IMAGE=...)
	DOWNTICK_COMPOSE=1 $(BIN)/pytest chaos_tests/compose -m integration $(ARGS)

record-sandbox: $(TOXIPROXY)  ## ask Coinbase's Advanced Trade sandbox and the stub the same, and print the differences
	$(BIN)/python -m chaos_tests.brokerages.contracts.record_sandbox

survival: SCALE = 0.1
survival: $(TOXIPROXY)  ## let the bot live through every profile of the library, and print a table (a quarter of an hour)
	$(BIN)/python -m chaos_tests.scenarios.survival --time-scale $(SCALE) $(ARGS)

incident: SCALE = 1.0
incident: $(TOXIPROXY)  ## play an outage again, with the bot in it: make incident NAME=2024-05-14-outage
	@$(BIN)/downtick incident --time-scale $(SCALE) "$(NAME)" -- $(BOT)

doctor: $(INSTALLED)  ## tell what this machine has, what it can witness, and what is missing
	$(BIN)/downtick doctor

test-pythons:  ## run the unit tests under every supported Python of this machine
	MAKE="$(MAKE)" .ci/test-pythons

lock: $(INSTALLED)  ## resolve requirements.lock and the clients' locks anew, within the bounds of pyproject.toml
	$(COMPILE) --group dev pyproject.toml --output-file requirements.lock
	for name in ccxt coinbase-advanced-py cryptofeed cryptofeed-build; do \
		$(COMPILE) --group "client-$$name" --output-file "chaos_tests/clients/locks/$$name.lock" || exit; done
	! command -v npm >/dev/null || npm --prefix chaos_tests/clients/locks update --package-lock-only \
		--omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --loglevel=error

clean:  ## remove everything that make made here
	rm -rf .venv .venv-clients build dist .downtick .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: chaos-test test-clients test-report test-judge test check coverage repeat test-plan bench lint-toxics sandbox-test soak compose-test record-sandbox survival incident doctor test-pythons lock clean help

# The environment: made anew only when the lock file or the project's own description is newer.
$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "downtick needs Python 3.11 or newer with its venv module; none was found" \
		"on PATH. Install one, or name it: make PYTHON=/path/to/python" >&2; exit 2; }
	@test -x $(BIN)/python || echo "Making $(VENV) with $(PYTHON); this takes a minute, once." >&2
	@test -x $(BIN)/python || "$(PYTHON)" -m venv --clear $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# Toxiproxy: in the user's cache, looked for again only when the pin is newer.
$(TOXIPROXY): $(INSTALLED) $(wildcard proxy/*)
	$(BIN)/downtick install
	@touch $@
