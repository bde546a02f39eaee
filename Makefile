# Everything Berita can do from a fresh clone: needs python3.11 (or newer), venv, pip and make.
# `make run` and `make test` set up .venv by themselves, once, and are quick the next time.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
RUN := .venv/.run-installed
DEV := .venv/.dev-installed
ARGS ?=
WORKERS ?= 3
KILLS ?= 200

.PHONY: setup run test e2e-full torture simulate mutations interop check format bench lock clean

setup: $(RUN)

run: $(RUN)
	@$(BIN)/berita run $(ARGS)

# Of three workers one has the whole-process tests, which mostly wait: two cores are at work.
test: $(DEV)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

# The wire at its full size, ten kills, a token that comes back: about ten minutes.
e2e-full: $(DEV)
	$(BIN)/python -m pytest -m long tests/e2e $(ARGS)

# Kills at every crash point, stops, clocks that jump, bad answers: the table of what became of it.
torture: $(DEV)
	$(BIN)/python -m tests.torture --kills $(KILLS) $(ARGS)
	$(BIN)/python -m pytest -n $(WORKERS) -m long tests/torture

# Simulated days with every fault there is; `make simulate SEED=4711` repeats one.
SEEDS ?= 5000
SEED ?=
simulate: $(DEV)
	$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(SEEDS)) $(ARGS)

# Breaks each promise in a copy of the code on purpose; a seed must catch it.
mutations: $(DEV)
	$(BIN)/python -m tests.simulation.mutating $(ARGS)

# What webhooks get, verified by the published libraries of other languages. Needs npm.
interop: $(DEV)
	$(BIN)/python -m tests.interop

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV)
	$(BIN)/python -m tests.bench $(ARGS)

# The lock files name no index: they are the same wherever they are made. Needs uv.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet --extra postgres --group build
lock:
	$(LOCK) --output-file requirements.lock $(ARGS)
	$(LOCK) --group dev --output-file requirements-dev.lock $(ARGS)

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist

.venv/bin/python:
	@echo "Setting up .venv (once, about a minute) …"
	@$(PYTHON) -m venv .venv

$(RUN): requirements.lock pyproject.toml | .venv/bin/python
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock $(RUN)
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@
