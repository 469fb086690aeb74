# The verbs of the project; the same here and in continuous integration. A bare Debian needs:
#   apt-get install --no-install-recommends git make python3 python3-venv
#   apt-get install --no-install-recommends openjdk-17-jre-headless chromium libpango-1.0-0 libpangoft2-1.0-0
# The second line is for the tests: Java (17 or later) on Spark, Chromium on the site's pages, Pango on packs as PDF.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_DIR ?= demo
BENCH_HOME ?= build/bench/board
RIVALS := .venv-rivals
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help assets demo test check test-all bench bench-variables bench-population bench-scale calibrate docs lock wheel clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Doorstep needs Python 3.11 or newer; found " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: requirements/core.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements/core.lock
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.core

assets: | $(VENV)/.core ## Build the site's stylesheet and scripts, where they changed
	$(BIN)/python scripts/build_assets.py

demo: $(VENV)/.core assets ## Make a Place up, take it to a checked return, open both sites (five minutes)
	$(BIN)/doorstep demo --out $(DEMO_DIR) --lists packs/gm-sde

check: $(VENV)/.dev ## Style, types and the walls between rooms
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check assets ## Every check and every test
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-all: test wheel docs ## All of the above, the wheel and the manual
	$(BIN)/pip-audit --require-hashes -r requirements/core.lock --disable-pip

bench: bench-variables bench-population ## Measure, beside other tools in one run; results in benchmarks/results (an hour)
	$(BIN)/python benchmarks/sefton.py

$(RIVALS)/.made: benchmarks/population_rivals/requirements.txt
	$(PYTHON) -m venv $(RIVALS)
	$(RIVALS)/bin/python -m pip install -q -r $<
	@touch $@

bench-variables: $(VENV)/.dev $(RIVALS)/.made ## Twenty-two variables beside an independent tool
	$(BIN)/python benchmarks/variables_22.py --rivals $(RIVALS)/bin/python

$(BENCH_HOME)/config.toml: | $(VENV)/.dev
	$(BIN)/doorstep synthetic make --system "Cheshire and Merseyside" --plane planning --out $(BENCH_HOME)
	$(BIN)/doorstep reference lists add packs/gm-sde --home $(BENCH_HOME)

bench-population: $(VENV)/.dev $(RIVALS)/.made $(BENCH_HOME)/config.toml ## The person table of BENCH_HOME beside other tools (a quiet machine)
	$(BIN)/python benchmarks/population.py $(BENCH_HOME) --rivals $(RIVALS)/bin/python

bench-scale: $(VENV)/.dev ## The person table of 0.27, 2.7 and 13.5 million made-up people (an hour, 20 GB of disk)
	$(BIN)/python benchmarks/population_scale.py

calibrate: $(VENV)/.dev ## Compare made-up people with every published figure (about fifteen minutes, 6 GB of disk)
	$(BIN)/python scripts/calibrate.py

docs: $(VENV)/.dev ## Build the manual into site/
	$(BIN)/python scripts/build_reference_docs.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -q --strict

wheel: $(VENV)/.dev assets ## Build the wheel, install it offline from a wheelhouse, run it
	$(BIN)/python scripts/check_wheel.py

lock: ## Write the hashed lock files again
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --extra build --extra site pyproject.toml -o requirements/core.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --extra build --extra site --extra dev --extra docs pyproject.toml -o requirements/dev.lock

clean: ## Remove what these verbs made
	rm -rf $(VENV) $(RIVALS) build dist site $(DEMO_DIR) $(addprefix src/doorstep/web/layout/,assets frontend/node_modules)
