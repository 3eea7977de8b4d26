# Everything a person does here is one of these words. `make` alone lists them.
# A machine needs Python 3.11 or later (with its venv module) and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PATHS := console core data gateway luxe pages scheduler simulator $(wildcard tests bench)

# Tests in a browser wait more than they compute: one worker more than there are cores.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 1) + 1)

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench clean

help:
	@echo "make setup    make .venv and install from requirements.lock"
	@echo "make run      start everything with demo data; Ctrl-C stops it"
	@echo "make test     the whole test suite"
	@echo "make check    lint, format, types, import contracts"
	@echo "make format   rewrite the code in the project's format"
	@echo "make bench    all benchmarks"
	@echo "make clean    remove .venv, caches and build output (var/ stays)"

setup: $(INSTALLED)
	@:

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Python 3.11 or later is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true). Try: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/pip || { echo "Making $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing the locked packages (a minute or two the first time)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(INSTALLED)

# exec: the signal of Ctrl-C or of a supervisor reaches the program itself, and its exit code is ours.
run: setup
	@exec $(BIN)/luxe up --demo

test: setup
	@exec $(BIN)/python -m pytest -n $(WORKERS) --dist=loadfile --no-loadscope-reorder $(ARGS)

check: setup
	@$(BIN)/ruff check --quiet $(PATHS)
	@$(BIN)/ruff format --check --quiet $(PATHS) || { echo "Not formatted; 'make format' does it:"; $(BIN)/ruff format --check $(PATHS); exit 1; }
	@$(BIN)/mypy $(PATHS)
	@$(BIN)/lint-imports --no-logo

format: setup
	@$(BIN)/ruff check --quiet --fix $(PATHS) || true
	@$(BIN)/ruff format $(PATHS)

bench: setup
	@exec $(BIN)/python -m bench $(ARGS)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(PATHS) -name __pycache__ -type d -prune -exec rm -rf {} +
