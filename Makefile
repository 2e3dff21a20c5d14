# One door. `make demo` and `make test` need Python 3.11 or newer, git and make.
PYTHON ?= python3
BIN := .venv/bin
# What was compiled is kept, whatever the shell says: there are a hundred processes.
export PYTHONDONTWRITEBYTECODE =
# Twice as many as cores, since much of what tests do is waiting.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) * 2 )))
PURE := tests/policy tests/signing
# Whatever tries examples.
FUZZ = $(shell grep -rlE '@given|RuleBasedStateMachine' tests --include='test_*.py')
VERIFIERS := tests/third_party/pypi/requirements
LINTERS := tests/third_party/deploy/requirements
FOLLOWERS := tests/third_party/followers/requirements
CLIENTS := tests/third_party/clients/requirements
WALLETS := tests/third_party/wallets/requirements
SITE := docs/site/requirements
PIN = $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-header

.PHONY: install demo test long test-fast check style types layers format fuzz mutants bundles faults bench load audit sbom release docs schema lock clean
.DELETE_ON_ERROR:

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit( \
	  "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ...")'
	@echo "installing into .venv; this takes about a minute, once"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@# Quiet twice: setuptools has a page of advice on editable installs. Errors are shown.
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --editable .
	@# Once, and not by each of the processes that start at the same time; pytest has
	@# another way with tests.
	@$(BIN)/python -m compileall -q -x '/(test_[^/]*|conftest)\.py$$' \
	  $(dir $(wildcard */__init__.py))
	@touch $@

install: .venv/installed ## .venv, with all that the gateway and its tests need

demo: .venv/installed ## three sandbox agencies and the gateway on 127.0.0.1:8000
	@$(BIN)/gateway demo $(OPTIONS)

test: .venv/installed ## the tests, on every core
	$(BIN)/pytest --workers $(WORKERS) --durations 40 --durations-min 3

long: .venv/installed ## what `make test` leaves out: what takes longest, and the other database
	$(BIN)/pytest --workers $(WORKERS) --long -m long

test-fast: .venv/installed ## the rules and the signatures: no processes, no waiting
	$(BIN)/pytest $(PURE)

check: .venv/installed ## what must be green before a commit
	@$(MAKE) --no-print-directory --jobs test style types layers

# Beside the tests, in the time they leave, since most of theirs is waiting.
style:
	nice $(BIN)/ruff format --check
	nice $(BIN)/ruff check

types:
	nice $(BIN)/mypy

layers:
	nice $(BIN)/lint-imports

format: .venv/installed
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

fuzz: .venv/installed ## what `make test` fuzzes for a minute, for as long as it takes
	$(BIN)/pytest $(FUZZ) --hypothesis-profile=long

mutants: .venv/installed ## our code changed at random: which changes does no test notice?
	$(BIN)/python -m tools.mutants $(OPTIONS)

bundles: .venv/installed ## many invented decisions, proved and forged, by both programs (needs Node)
	nice $(BIN)/python -m tests.gateway.evidence.many $(or $(OPTIONS),100000 2000 1000)

faults: .venv/installed ## every fault of tests/faults, for longer than `make test` tries some
	@mkdir -p var
	@rm -f var/faults.jsonl
	FAULTS_SECONDS=3 FAULTS_MEASURED=var/faults.jsonl $(BIN)/pytest tests/faults
	@$(BIN)/python -m tests.faults.table var/faults.jsonl $(OPTIONS)

# What is missing of gcc, npm and taskset is installed where that is ours to do.
var/bench/tools/installed: benchmarks/requirements.lock .venv/installed
	@{ command -v gcc && command -v npm && command -v taskset; } >/dev/null || \
	  [ ! -x /usr/bin/apt-get ] || [ ! -w /usr/bin ] || { apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq gcc libc6-dev nodejs npm \
	  util-linux >/dev/null; }
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

bench: var/bench/tools/installed ## the gateway measured beside what a user would pick instead
	@$(BIN)/python -m benchmarks $(OPTIONS)

load: var/bench/tools/installed ## everything at once for ten minutes; `--soak`: half an hour, memory flat
	@$(BIN)/python -m benchmarks.mixed_load $(OPTIONS)

audit: .venv/installed ## what is known of the locked packages' vulnerabilities
	$(BIN)/python tools/audit.py

sbom: .venv/installed ## what the gateway is made of, as CycloneDX: var/sbom.cdx.json
	$(BIN)/python -m tools.sbom var/sbom.cdx.json

release: .venv/installed ## what a release is, signed: make release OPTIONS="--config gateway.toml"
	$(BIN)/python -m tools.release var/release $(OPTIONS)

var/docs/tools/installed: $(SITE).lock
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

docs: var/docs/tools/installed ## the pages as a site, Chinese first: var/docs/site/index.html
	$(<D)/bin/python tools/site.py var/docs/site

schema: .venv/installed ## print schema.graphql from the code
	$(BIN)/gateway schema > schema.graphql

# Lines that begin with dashes are options, and may have the address of an index.
lock: .venv/installed ## names, versions and hashes; no address of any index
	$(PIN) --extra dev --extra traces --output-file requirements.lock pyproject.toml
	$(PIN) --output-file benchmarks/requirements.lock benchmarks/requirements.in
	$(PIN) --output-file $(VERIFIERS).lock $(VERIFIERS).in
	$(PIN) --output-file $(LINTERS).lock $(LINTERS).in
	$(PIN) --output-file $(FOLLOWERS).lock $(FOLLOWERS).in
	$(PIN) --output-file $(WALLETS).lock $(WALLETS).in
	$(PIN) --output-file $(SITE).lock $(SITE).in
	$(PIN) --output-file $(CLIENTS).lock $(CLIENTS).in
	sed -i '/^--/,/^$$/d' requirements.lock benchmarks/requirements.lock \
	  $(VERIFIERS).lock $(LINTERS).lock $(FOLLOWERS).lock $(WALLETS).lock $(SITE).lock \
	  $(CLIENTS).lock

clean:
	rm -rf .venv build *.egg-info
