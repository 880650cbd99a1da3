# Everything is run from the environment in .venv, which the first target builds from the hashed files in requirements/.
# Only relative paths, so that a folder with a space in its name works; after the first set-up no network is needed.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

RUN := .venv/bin/python
SCENARIO ?= $(if $(URL),,scenarios/knowledge.toml)
PORT ?= 8000
FLAWS ?=
RUNS ?= 30
ARGS ?=

# The first interpreter that is new enough and can make environments; PYTHON=... overrides the choice.
SUITS := import sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c '$(SUITS)' >/dev/null 2>&1 && echo "$$python" && break; done)

# Python keeps what it has compiled, whatever the surroundings say: each start would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help verify verify-real test serve lint bench load calibrate soak lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

verify: .venv/.ready ## Decide GO, NO-GO or HOLD: the reference service, or URL=... SCENARIO=... ARGS="..."
	$(RUN) -m harness verify $(if $(URL),"$(URL)",--serve) $(if $(SCENARIO),--scenario "$(SCENARIO)") $(ARGS)

verify-real: .venv/.ready ## Install well-known servers that nobody here wrote, and verify them; ARGS=kinto narrows
	$(RUN) -m real_targets verify $(ARGS)

test: .venv/.ready ## Run the tests, with coverage; ARGS="-k name" narrows, ARGS="-n 0" runs them in one process
	$(RUN) -m pytest --cov --cov-report=term:skip-covered -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

serve: .venv/.ready ## Start the reference service; PORT=8000 FLAWS=name,name
	$(RUN) -m reference_service --port "$(PORT)" --flaws "$(FLAWS)" $(ARGS)

lint: .venv/.ready ## Check style, types and the layers of the architecture
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

bench: .venv/.ready ## Print what each layer of the reference service costs
	$(RUN) -m benchmarks $(ARGS)

load: .venv/.ready ## Run the load gates only: the reference service, or URL=... SCENARIO=...
	$(MAKE) verify URL="$(URL)" SCENARIO="$(SCENARIO)" ARGS="--only load $(ARGS)"

calibrate: .venv/.ready ## Prove that every check can fail and keeps silent on sound services
	$(RUN) -m harness calibrate $(ARGS)

soak: .venv/.ready ## Verify the sound service RUNS=30 times and count false alarms
	$(RUN) -m harness calibrate --soak "$(RUNS)" $(ARGS)

clean: ## Remove the environment, the caches and what runs have written
	rm -rf .venv artifacts build dist mutants .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# The environment. A cache folder of its own where the home folder cannot be written; uv is taken from PATH if it is there.
UV = $$(command -v uv || echo .venv/bin/uv)
WITH_CACHE := if ! [ -w "$$HOME" ] && [ -z "$$UV_CACHE_DIR" ]; then export UV_CACHE_DIR=.venv/cache; fi;

.venv/.ready: .venv/.synced pyproject.toml
	@$(WITH_CACHE) VIRTUAL_ENV=.venv "$(UV)" pip install --quiet --offline --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.synced: requirements/uv.txt requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with its venv module was found on PATH (Debian and Ubuntu:" \
		"apt install python3-venv). Install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c '$(SUITS)' || { echo "$(PYTHON) is not Python 3.11 or newer; name another: make PYTHON=..." >&2; exit 1; }
	@echo "Setting up .venv with $$("$(PYTHON)" --version) (once, up to two minutes)"
	@if command -v uv >/dev/null; then uv venv --quiet --allow-existing --python "$(PYTHON)" .venv; else \
		"$(PYTHON)" -m venv .venv && $(RUN) -m pip install --quiet --disable-pip-version-check $${SSL_CERT_FILE:+--cert "$$SSL_CERT_FILE"} \
			--require-hashes -r requirements/uv.txt; fi
	@$(WITH_CACHE) VIRTUAL_ENV=.venv "$(UV)" pip sync --quiet --require-hashes requirements/dev.txt
	@touch $@

# One hashed file per extra, without the address of any index; versions are those of dev.txt.
EXTRAS := service fuzz load reports pgserver containers
COMPILE = VIRTUAL_ENV=.venv "$(UV)" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --custom-compile-command 'make lock' $(ARGS)

lock: .venv/.ready ## Compile requirements/ afresh; ARGS=--upgrade takes the newest versions
	$(COMPILE) --extra dev pyproject.toml -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt pyproject.toml -o requirements/base.txt
	for extra in $(EXTRAS); do $(COMPILE) -c requirements/dev.txt --extra $$extra pyproject.toml -o requirements/$$extra.txt || exit 1; done
	echo uv | $(COMPILE) -c requirements/dev.txt - -o requirements/uv.txt
