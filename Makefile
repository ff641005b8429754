# The front door: `make help` lists what there is. Needs Python 3.10-3.13 and GNU make 3.81.

ifneq (,$(filter 3.7% 3.80%,$(or $(MAKE_VERSION),3.80)))
$(error this make is $(MAKE_VERSION); GNU make 3.81 or later is needed, often installed as gmake)
endif

# PYTHON=3.12, a command or a path: the interpreter to set up with, instead of looking for one
PYTHON ?=
# ARGS="-k gaps": more arguments for pytest
ARGS ?=
# ONLY=window: one benchmark instead of all
ONLY ?=

PY := .venv/bin/python
# what `make demo` makes too
NEWSROOM := demo-out/newsroom.duckdb
# what `make serve` serves, as clients change it and the collector works there
SERVED := demo-out/served.duckdb
# one process more than processors (tests/conftest.py); one that is done takes over of another
PARALLEL := -n auto --maxprocesses 4 --dist worksteal
find_python = python=`sh tools/find-python "$(PYTHON)"`
set_up = $(find_python) && "$$python" tools/set_up.py
# where it is set, each process that tests start would compile the library anew
unexport PYTHONDONTWRITEBYTECODE
# what `make check` reads of the tests: documentation and SQL snapshots
SNAPSHOTS := $(wildcard tests/test_documentation.py tests/test_sql.py)

.DEFAULT_GOAL := help
.PHONY: help set-up demo test check matrix bench s3 trino sql docs lab serve screenshots vast-peer \
	constraints

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo "PYTHON=3.12, a command or a path, chooses the interpreter of the set-up: make demo PYTHON=3.12"

set-up: ## everything that the others need, into .venv; does nothing when that is current
	@$(set_up)

demo: set-up ## real media and a newsroom day; writes demo-out/timeline.html
	@.venv/bin/tams demo

test: set-up ## the tests (ARGS="-k gaps" for some of them)
	@$(PY) -m pytest $(PARALLEL) $(ARGS)

check: set-up ## format, lint, types, layers, documentation and SQL snapshots; no other tests
	@echo "check: format" && $(PY) -m ruff format --check --quiet .
	@echo "check: lint" && $(PY) -m ruff check --quiet .
	@echo "check: types" && $(PY) -m mypy
	@echo "check: layers" && PYTHONPATH=server .venv/bin/lint-imports --no-logo
ifneq ($(SNAPSHOTS),)
	@echo "check: documentation and SQL" && $(PY) -m pytest -q $(SNAPSHOTS)
endif

matrix: ## the tests on each CPython 3.10-3.13 that is installed (ARGS as above)
	@$(find_python) && "$$python" tools/matrix.py $(PARALLEL) $(ARGS)

bench: ## ratios side by side (ONLY=window for one of them)
	@$(set_up) --tools
	@.venv-tools/bin/python -m bench $(ONLY)

s3: ## builds a real S3 server by Go into the cache folder (TAMS_CACHE), for the tests that need one
	@tools/bring-s3

trino: ## fetches Trino 476 by Maven into the cache folder, and a Java where there is none of 24, for its tests
	@PYTHON="$(PYTHON)" tools/bring-trino

sql: set-up ## rewrites the generated part of sql/
	@$(PY) -m tests.support.sql_snapshots

docs: set-up ## rewrites docs/reference from the docstrings
	@$(PY) tools/reference.py

lab: set-up ## the notebooks in JupyterLab, until Ctrl-C (ARGS="--no-browser --port 9000")
	@.venv/bin/tams notebook demo-out/notebooks $(ARGS)

screenshots: set-up ## pictures of pages and notebooks by Chromium, into docs/pictures
	@$(PY) -m tests.support.screenshots

$(NEWSROOM): | set-up
	@mkdir -p $(@D)
	@$(PY) -c "import tams_analytics as ta; ta.examples.newsroom(ta.connect('$@.part')).close()"
	@mv $@.part $@

$(SERVED): | $(NEWSROOM)
	@cp $(NEWSROOM) $@.part
	@mv $@.part $@

serve: set-up $(SERVED) ## the API on a copy of the newsroom, on 127.0.0.1:8000 (ARGS="--port 9000"); until Ctrl-C
	@.venv/bin/tams serve $(SERVED) $(ARGS)

vast-peer: set-up ## a VAST DB for tests on 127.0.0.1, for a notebook (ARGS="--port 9191"); until Ctrl-C
	@$(PY) -m tests.support.vast_peer $(ARGS)

constraints: ## rewrite both constraints files from pyproject.toml (UPGRADE=1 for newer versions)
	@$(set_up) --tools
	@.venv-tools/bin/python tools/constraints.py $(if $(UPGRADE),--upgrade)
