# Needs Python 3.11, 3.12 or 3.13 (with venv and pip) and make; everything else is fetched, by hash, into .venv.
PORT ?= 8080
DATA ?= ./var/demo
ARGS ?=
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  $$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
  2>/dev/null && echo $$p && break; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STAMP := $(VENV)/.stamp

.PHONY: help setup setup-dev setup-ocr setup-channels setup-reports setup-judges run test check format bench triage-report lock clean
.DELETE_ON_ERROR:

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP)-venv:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 with venv is needed" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# Runtime packages, then the checkout itself, editable. Nothing is built in isolation: hatchling is pinned with the rest.
$(STAMP)-setup: requirements.txt pyproject.toml $(STAMP)-venv
	@echo "Setting up $(VENV), about a minute the first time" >&2
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(STAMP)-dev: requirements-dev.txt $(STAMP)-setup
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# Without what these packages ask for: all of it stands in the file, except for the opencv that wants a screen.
$(STAMP)-ocr: requirements-ocr.txt $(STAMP)-setup
	@$(PIP) install --require-hashes --no-deps -r requirements-ocr.txt
	@touch $@

# Platforms beyond Telegram: Matrix, WeChat, WeCom, Feishu.
$(STAMP)-channels: requirements-channels.txt $(STAMP)-setup
	@$(PIP) install --require-hashes -r requirements-channels.txt
	@touch $@

# Cards and packs with charts.
$(STAMP)-reports: requirements-reports.txt $(STAMP)-setup
	@$(PIP) install --require-hashes -r requirements-reports.txt
	@touch $@

$(STAMP)-judges: requirements-judges.txt $(STAMP)-channels $(STAMP)-reports $(STAMP)-dev
	@$(PIP) install --require-hashes -r requirements-judges.txt
	@touch $@

setup: $(STAMP)-setup ## .venv with what the bot needs

setup-dev: $(STAMP)-dev ## .venv with what tests and checks need, too

setup-ocr: $(STAMP)-ocr ## and what reads the letters in photos (about 250 MB)

run: setup ## the demo neighbourhood on localhost; PORT=8080 DATA=./var/demo
	@$(BIN)/gridsteward demo --port $(PORT) --data $(DATA)

setup-channels: $(STAMP)-channels ## and what Matrix, WeChat, WeCom and Feishu need

setup-reports: $(STAMP)-reports ## and what draws cards and prints packs (about 80 MB)

setup-judges: $(STAMP)-judges ## and the platforms' own clients, which judge our fakes of them

# Two workers a core: the tests of platforms wait more than they count.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')

test: setup-judges ## all tests; ARGS="-k name" for some
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

check: setup-judges ## lint, form, types, import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup-dev ## put the code into form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup-dev ## speed figures, one JSON line each
	@$(BIN)/python -m benchmarks $(ARGS)

triage-report: setup-dev ## how well conversations are read that no weight was trained on; ARGS="--nicknames"
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m corpus.report $(ARGS)

COMPILE := uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-emit-index-url \
  --custom-compile-command "make lock"

lock: ## resolve the requirements anew (needs uv on the path)
	$(COMPILE) --group build -o requirements.txt
	$(COMPILE) --group build --group dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --extra ocr -c requirements.txt -o requirements-ocr.txt
	$(COMPILE) --extra reports -c requirements.txt -o requirements-reports.txt
	$(COMPILE) --extra matrix --extra wechaty --extra wecom --extra feishu -c requirements.txt -o requirements-channels.txt
	$(COMPILE) --group judges -c requirements.txt -c requirements-channels.txt -o requirements-judges.txt
	@! grep -n '://' requirements*.txt

clean: ## remove what was made here, except data under var/
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
