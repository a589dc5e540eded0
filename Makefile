# seqkit: `make help` lists what there is.
SHELL := /bin/sh
BIN := .venv/bin
UV := $(BIN)/uv pip
COMPILE := $(UV) compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
TWO_AT_ONCE := --numprocesses 2 --dist loadscope
NBVAL := JAX_PLATFORMS=cpu TF_CPP_MIN_LOG_LEVEL=3 $(BIN)/python -m pytest $(TWO_AT_ONCE) --nbval --nbval-current-env --nbval-cell-timeout 120 --nbval-sanitize-with tests/nbval.cfg -p tests.conftest -p no:cacheprovider
PORT ?= 8888
LESSONS ?= notebooks/*.ipynb
# Jupyter refuses to start for root unless told: in a container everybody is root.
ROOT_MAY := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: help lab test pytest nbval lint format bench fidelity run-notebooks site lock torch clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

lab: .venv/lab  ## open JupyterLab at the first lesson (first run installs everything into .venv)
	@$(BIN)/jupyter lab --ServerApp.port=$(PORT) $(ROOT_MAY) $(LAB) notebooks/00_start_here.ipynb

test: pytest nbval  ## every test: pytest, then each notebook re-executed and compared, as shipped and solved

pytest: .venv/test  ## the Python tests alone
	$(BIN)/python -m pytest $(TWO_AT_ONCE)

nbval: .venv/test  ## the notebooks alone: each re-executed and compared, as shipped and with every exercise solved
	$(NBVAL) notebooks
	$(BIN)/python -m tests.solve_notebooks notebooks .solved
	$(NBVAL) .solved

lint: .venv/test  ## ruff and codespell
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

format: .venv/test  ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/test  ## the table of numbers: ours beside the alternative, as ratios
	JAX_PLATFORMS=cpu $(BIN)/python -m benchmarks

fidelity: .venv/test  ## how well the exercises judge: mistakes named, edits refused, right answers accepted, times (one: PAGES=name)
	JAX_PLATFORMS=cpu $(BIN)/python -W ignore -m tests.fidelity $(PAGES)

run-notebooks: .venv/test  ## run every notebook and save its outputs (one: LESSONS=notebooks/…)
	$(BIN)/python tests/run_notebooks.py $(LESSONS)

site: .venv/test  ## the lessons as web pages, for reading without Jupyter and without a network
	$(BIN)/python -m sphinx -q -W --keep-going -c site notebooks build/site
	@echo "open build/site/index.html"

lock: .venv/uv  ## renew the locks, environment.yml and binder/ (newest versions: UPGRADE=--upgrade)
	echo "uv>=0.7" | $(COMPILE) $(UPGRADE) - -o requirements/uv.txt
	$(COMPILE) $(UPGRADE) pyproject.toml -o requirements/lab.txt
	$(COMPILE) $(UPGRADE) pyproject.toml --extra dev -c requirements/lab.txt -o requirements/test.txt
	$(BIN)/python requirements/environment.py

torch: .venv/uv  ## add PyTorch for the CPU (never its CUDA build)
	@$(BIN)/python requirements/torch_cpu.py

clean:  ## remove .venv and everything that was made
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .jax_cache .solved build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- the environment: each mark is made once, and again when its lock changes ----

.venv/python:
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "seqkit takes Python 3.11 or newer, and none is on the PATH; install one, or name it: make lab PYTHON=/path/to/python3.12" >&2; exit 1; fi; \
	$$found -m venv .venv || { echo "$$found could not make .venv; on Debian and Ubuntu install python3-venv, then try again" >&2; exit 1; }
	@touch $@

.venv/uv: .venv/python requirements/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/lab: .venv/uv requirements/lab.txt pyproject.toml
	@echo "installing what requirements/lab.txt pins into .venv"
	@$(call install,requirements/lab.txt)
	@touch $@

.venv/test: .venv/lab requirements/test.txt
	@echo "installing what requirements/test.txt pins into .venv"
	@$(call install,requirements/test.txt)
	@touch $@

# uv where it works, plain pip where it does not; then the kit itself, editable.
install = { $(UV) install --quiet --require-hashes -r $(1) || { $(SLOWER); $(BIN)/python -m pip install --quiet --require-hashes -r $(1); }; } \
  && { $(UV) install --quiet --no-deps -e . || { $(SLOWER); $(BIN)/python -m pip install --quiet --no-deps -e .; }; }
SLOWER = echo "uv could not; pip tries it now, which may take some minutes" >&2
