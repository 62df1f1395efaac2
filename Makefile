# What can be done here; `make` alone lists it. Everything is installed in .venv, nothing on the machine itself.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -q -c constraints.txt

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help install demo test chaos check format docs clean
.DEFAULT_GOAL := help

help: ## list what can be done
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 16

demo: .venv/.installed ## see loa at work, without token, network or database
	@$(BIN)/loa demo $(ARGS)

install: .venv/.installed ## install loa, or what is new of it, into .venv

test: .venv/.installed-dev ## run the tests on SQLite and PostgreSQL; ARGS="-k feed" picks some
	@echo "Running the tests."
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

chaos: .venv/.installed-dev ## let everything fail around running loas, on both databases, for some minutes; ARGS=7 is the seed
	@$(BIN)/python -m tests.chaos $(ARGS)

check: .venv/.installed-dev ## the whole gate: format, lint, types, tests
	@echo "Checking the format."
	@$(BIN)/ruff format -q --check . || { echo "Run 'make format' to mend the format."; exit 1; }
	@echo "Checking with the linter."
	@$(BIN)/ruff check -q .
	@echo "Checking the types."
	@$(BIN)/mypy --strict
	@$(MAKE) --no-print-directory test

format: .venv/.installed-dev ## put the code in its form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check -q --fix .

docs: .venv/.installed ## write the pages of docs/ that are made from the code
	@$(BIN)/python -m bot.reference
	@$(BIN)/python -m bot.demo.picture docs/push.svg

clean: ## remove .venv and everything else made here; settings and data stay
	@echo "Removing .venv, caches and builds."
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* build dist demo
	@find bot db feeds tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "Python is missing: install it with 'sudo apt install python3 python3-venv', then run make again."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "loa needs Python 3.11 or newer: install one and run 'make PYTHON=python3.11 demo'."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv is missing: run 'sudo apt install python3-venv', then run make again."; exit 1; }
	@echo "Making .venv, the place for what loa needs."
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "The .venv could not be made: see the message above, mend it, run make again."; exit 1; }

.venv/.installed: pyproject.toml constraints.txt | .venv/pyvenv.cfg
	@echo "Installing what loa needs into .venv (a minute or two, once)."
	@$(PIP) -e . || { echo "The packages could not be installed: check the network, then run make again."; exit 1; }
	@touch $@

.venv/.installed-dev: pyproject.toml constraints.txt | .venv/pyvenv.cfg
	@echo "Installing what loa and its tests need into .venv (a minute or two, once)."
	@$(PIP) -e '.[dev]' || { echo "The packages could not be installed: check the network, then run make again."; exit 1; }
	@touch .venv/.installed $@
