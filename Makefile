# Glas: `make run` and `make test` are all you need; `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# All tests run in so many processes at once, the tests of TESTS=… in one. Three keep two cores busy: browser tests wait.
WORKERS ?= 3
GLAS   := $(BIN)/python -m pages.terminal
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt
# Settings of Glas pass through as they are: PORT, GLAS_URL, GLAS_DATABASE_URL, GLAS_DATA_DIR, GLAS_KEY_DIR, DEMO, CHROMIUM.

.PHONY: help run demo test lint texts bench torture install setup clean
.DEFAULT_GOAL := help

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1 \t/p' Makefile | expand -t 16

run: $(VENV)/.installed  ## start Glas on http://127.0.0.1:8501 (PORT=…, DEMO=0: without the demo town)
	@$(GLAS) serve

demo: $(VENV)/.installed  ## renew the demo town: its voting starts now and lasts 60 days
	@$(GLAS) demo --renew

test: setup  ## all tests; the last line says what was skipped (TESTS=… for a part of them)
	@$(BIN)/python -m pytest $(or $(TESTS),-n $(WORKERS))

lint: setup  ## ruff (rules and layout) and mypy
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy

texts: setup  ## collect the texts for translators: assets/locale/glas.pot
	@$(BIN)/python -m tests.helpers.texts

bench: setup  ## CPU and memory against a bare Streamlit app (BENCH=--check: fails when a limit is missed)
	@$(BIN)/python -m tests.bench $(BENCH)

torture: setup  ## the tests of trust in full size, with a table (up to 30 minutes; HOURS=1: the stateful model for an hour)
	@$(BIN)/python -m tests.torture $(HOURS)

install: $(VENV)/.installed  ## only install what Glas itself needs

setup: $(VENV)/.developing  ## only install what tests and checks need

clean:  ## remove the virtual environment and caches; data and keys stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Glas needs Python 3.11 or newer as '$(PYTHON)' (make run PYTHON=python3.12)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "This Python cannot make virtual environments: install its venv module (Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Making the virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# A stamp is as new as the last installation, so that a second `make run` starts at once.
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Glas (once; about half a minute) ..."
	@$(PIP) -e .
	@touch $@

$(VENV)/.developing: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Glas with its tests and checks (once; about a minute) ..."
	@$(PIP) -e '.[dev]'
	@touch $(VENV)/.installed $@
