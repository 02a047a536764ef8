# `make help` lists what there is. Every target sets up what it needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
COMPILED := $(VENV)/.compiled
PORT ?= 8000
WORKERS ?= 2
SEEDS ?= 1000
FROM ?= 0
CONSOLE := api/console/site/index.html
NODE_EXAMPLES := $(patsubst %/package-lock.json,%/node_modules/.ready,$(wildcard examples/*/package-lock.json))

.DEFAULT_GOAL := help
.PHONY: help demo console test planted quick simulate check lint types imports format lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): setup.cfg pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is needed; or name another: make PYTHON=python3 …"; exit 1; }
	@echo "Setting up in $(VENV): pip fetches what is needed. That takes a minute or more, once."
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,server,roads]'
	@touch $(READY)

$(COMPILED): $(READY) $(wildcard routing/*.py routing/*/*.py)
	@find routing -name '*.nb[ic]' -delete  # what was compiled does not notice when a function that it calls has changed
	$(BIN)/python -m routing.ready
	@touch $@

console/node_modules/.ready: console/package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 or newer, with npm, is needed to build the console"; exit 1; }
	cd console && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(CONSOLE): console/node_modules/.ready $(shell find console -path console/node_modules -prune -o -type f -print)
	cd console && npm run --silent build

console: $(CONSOLE) ## build the console's page, script and style

demo: $(COMPILED) $(CONSOLE) ## build a seeded city, plan and route its next working day, and serve it on PORT
	$(BIN)/fieldsales demo --port $(PORT)

examples/%/node_modules/.ready: examples/%/package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 or newer, with npm, is needed to run the examples"; exit 1; }
	cd examples/$* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

test: $(COMPILED) $(CONSOLE) $(NODE_EXAMPLES) ## run every test, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -n $(WORKERS) --reruns 1 --reruns-delay 2 -rR

planted: $(COMPILED) ## put bugs into the sync one by one, and see that the simulator catches them
	$(BIN)/python -m pytest -n $(WORKERS) tests/simulation/test_planted_bugs.py

quick: $(COMPILED) $(CONSOLE) $(NODE_EXAMPLES) ## run the tests without the long ones
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow"

simulate: $(COMPILED) ## run SEEDS courses of many phones, FROM a seed on, on either database
	$(BIN)/python -m pytest -n $(WORKERS) tests/simulation/test_seeds.py --seeds $(SEEDS) --from-seed $(FROM)

check: lint types imports test ## everything that a change must pass

lint: $(READY) ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## mypy --strict
	$(BIN)/mypy

imports: $(READY) ## the rooms and floors of docs/architecture.md
	$(BIN)/lint-imports

format: $(READY) ## let ruff write what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## pin what setup.cfg allows today into constraints.txt
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --editable '.[dev,server,roads]'
	(echo "# Written by 'make lock'."; build/lock/bin/pip freeze --exclude-editable) > constraints.txt

clean: ## forget the environment, caches and the demo's data
	rm -rf $(VENV) examples/*/node_modules console/node_modules api/console/site build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache var
