# Helseanalyse: `make help` lists what can be done. Needs make and Python 3.11 or later, nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# One thread for linear algebra: our matrices are small, and sums come out the same on every machine.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
BIN := .venv/bin
WORKERS ?= 2
PERSONS ?= 50000

.PHONY: help
help:  ## what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- set up
# Two stamps, so that a change of the code's settings does not install everything again.

.PHONY: setup
setup: $(BIN)/.installed  ## a virtual environment in .venv with every dependency at its locked version

$(BIN)/.locked: requirements/build.lock requirements/dev.lock
	scripts/make_venv "$(PYTHON)" .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/build.lock
	$(BIN)/python -m pip install --quiet --require-hashes --no-build-isolation -r requirements/dev.lock
	touch $@

$(BIN)/.installed: $(BIN)/.locked pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.PHONY: system
system:  ## what the tests need beside Python: Chromium and R (with apt-get, where that is allowed)
	scripts/system_packages

.PHONY: lock
lock: setup  ## the lock files anew from pyproject.toml; UPGRADE=1 takes the newest versions
	scripts/lock $(if $(UPGRADE),--upgrade)

# ---------------------------------------------------------------- try it
.PHONY: demo
demo: demo/.vault-$(PERSONS)  ## a synthetic Norway, a study over it, and its report
	$(BIN)/helseanalyse run examples/sglt2_heart_failure/study.py --vault demo/vault --out demo/sglt2_heart_failure
	@printf '\nThe report: %s\n' demo/sglt2_heart_failure/report.html

demo/.vault-$(PERSONS): | setup
	rm -rf demo/vault demo/.vault-*
	mkdir -p demo
	$(BIN)/helseanalyse synthetic --persons $(PERSONS) --seed 1 --vault demo/vault
	touch $@

# ---------------------------------------------------------------- check it
.PHONY: test
test: system setup lint types contracts tests  ## everything that CI runs

.PHONY: quick
quick: lint types contracts  ## the developer's loop: style, types, contracts and the fast tests, under two minutes
	$(BIN)/python -m pytest -n $(WORKERS) -q -m "not slow and not browser"

.PHONY: lint
lint: setup  ## style: ruff
	$(BIN)/ruff check .

.PHONY: types
types: setup  ## types: mypy, strict
	$(BIN)/mypy

.PHONY: contracts
contracts: setup  ## who may import whom: import-linter
	$(BIN)/lint-imports --no-logo

.PHONY: tests
tests: setup  ## all tests: tests/, the examples in docstrings, the code in README.md and docs/
	$(BIN)/python -m pytest -n $(WORKERS)

# ---------------------------------------------------------------- make pages and figures
.PHONY: docs
docs: setup  ## the pages that are made from the code and its tests
	@for page in $(wildcard scripts/docs/*.py); do $(BIN)/python "$$page"; done

.PHONY: bench
bench: setup  ## docs/benchmarks.md measured anew: 5.5 million persons, about an hour and 30 GB of disk
	$(BIN)/python benchmarks/run.py

.PHONY: clean
clean:  ## remove what was made here, the virtual environment too
	rm -rf .venv .build demo bench-data build dist src/*.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
