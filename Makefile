# Everything starts from a bare Python >= 3.11: `make demo` and `make test` set up by themselves.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
CONFIG ?= config.yaml
CORPORA := $(if $(WATCHER_CORPORA),WATCHER_CORPORA=$(WATCHER_CORPORA))

ifeq ($(UV),)
create = $(PYTHON) -m venv $(VENV)
install = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1) \
	&& $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
else
create = $(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
install = $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $(1) \
	&& $(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
endif

.PHONY: demo run test check format lint types imports unit bench bench-report soak docs pictures lock clean python conformance

demo: $(VENV)/.run
	@$(BIN)/watcher demo

run: $(VENV)/.run
	@$(BIN)/watcher run -c $(CONFIG)

test: $(VENV)/.dev
	$(CORPORA) $(BIN)/python -m pytest -n 2 --dist worksteal -q

# Scores watcher and the other readers that are here, and renews docs/conformance.md. PEERS: a Python
# that has `reader` and `rss2email`.
conformance: $(VENV)/.dev
	WATCHER_PEERS=$(PEERS) $(BIN)/python -m tests.conformance.score

check: format lint types imports unit

format: $(VENV)/.dev
	$(BIN)/ruff format --check src tests

lint: $(VENV)/.dev
	$(BIN)/ruff check src tests

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports --no-cache

unit: $(VENV)/.dev
	$(CORPORA) $(BIN)/python -m pytest -n 2 -q tests/unit tests/store -m "not slow"

bench: $(VENV)/.bench
	$(CORPORA) $(BIN)/python -m bench $(ONLY)

# Renews bench/report.json, which later runs are held to, and the table in bench/README.md.
bench-report: $(VENV)/.bench
	$(CORPORA) $(BIN)/python -m bench --renew $(ONLY)

docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py

# Draws the demo's mails into docs/images, with a Chromium on this machine.
pictures: $(VENV)/.run
	$(BIN)/python docs/pictures.py

soak: $(VENV)/.dev
	$(CORPORA) $(BIN)/python -m pytest -q -n 2 tests -m slow
	WATCHER_KILLS=50 $(BIN)/python -m pytest -q -n 2 tests/faults/test_faults_kill.py
	WATCHER_DAY_FEEDS=10000 $(BIN)/python -m pytest -q tests/faults/test_faults_day.py

$(VENV)/.run: requirements/run.txt pyproject.toml | python
	$(create)
	$(call install,requirements/run.txt)
	@touch $@

$(VENV)/.bench: requirements/bench.txt | $(VENV)/.dev
	$(call install,requirements/bench.txt)
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | python
	$(create)
	$(call install,requirements/dev.txt)
	@touch $@ $(VENV)/.run

python:
	@test -n "$(PYTHON)" || { echo "watcher needs Python 3.11 or newer: set PYTHON=/path/to/python3" >&2; exit 1; }

# Pins every dependency with hashes and without download addresses (needs uv).
lock:
	uv pip compile pyproject.toml --group build --universal --generate-hashes --python-version 3.11 \
		--quiet --no-header -o requirements/run.txt
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --python-version 3.11 \
		--quiet --no-header -c requirements/run.txt -o requirements/dev.txt
	uv pip compile pyproject.toml --group bench --universal --generate-hashes --python-version 3.11 \
		--quiet --no-header -c requirements/run.txt -o requirements/bench.txt

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
