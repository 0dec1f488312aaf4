# Two commands do everything: `make figures` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
# Jobs call python, jupyter and snakemake by name: take them from the environment.
export PATH := $(CURDIR)/$(BIN):$(PATH)
CONFIG ?= config/config.yaml

.PHONY: figures env test test-slow test-faults test-cluster test-cluster-quick test-cluster-default cluster-env test-environments audit benchmark site test-site docs-env lint format reference lock paper paper-figures clean

figures: env ## every figure and the report, with the default configuration
	snakemake --cores all --configfile $(CONFIG)

paper: env ## the same at the paper's scale
	snakemake --cores all --configfile config/paper.yaml

paper-figures: env ## the paper-scale figures and claims from the tables kept in results/paper, without training
	snakemake --cores all --directory results/paper --configfile results/paper/config.yaml

env: .venv/.ready ## the environment in .venv

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "traindyn needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# One thread for each process: all cores are taken by tests that run side by side, file by file.
test: env ## unit tests and small real workflows
	OMP_NUM_THREADS=1 python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder

test-slow: env ## the unit tests and small workflows that `make test` leaves out, since others show nearly the same
	OMP_NUM_THREADS=1 python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder -m slow tests/unit tests/workflow

test-faults: env ## the long runs of tests/faults: more than 50 kills, all files damaged, disks without room
	python -m pytest -s -m "slow or not slow" tests/faults

test-cluster: cluster-env ## the profiles on a real Slurm (Debian: apt-get install slurm-wlm munge), which the tests start and end
	python -m pytest -m "slow or not slow" tests/cluster

test-cluster-quick: cluster-env ## the same without the slow ones
	python -m pytest tests/cluster

test-cluster-default: cluster-env ## the default study, on Slurm and on two cores: the same results
	python -m pytest -s tests/cluster/default_study.py

cluster-env: env
	python -m pip install --quiet --disable-pip-version-check --requirement requirements-cluster.lock

test-environments: env ## install the conda environments' pip parts into clean environments, and run a small study in them
	python -m pytest --timeout 3600 tests/environments

# Fails too where no database of vulnerabilities answers: a package that could not be looked up is not a safe one.
audit: env ## known vulnerabilities of every pinned version
	for lock in requirements*.lock envs/*.lock; do \
	  python -m uv tool run --from pip-audit==2.10.1 pip-audit --strict --disable-pip --no-deps --requirement $$lock || exit 1; \
	done

benchmark: env ## speed and accuracy beside other ways, in results/benchmarks; SECTIONS="koopman distances" for some
	python -m pip install --quiet --disable-pip-version-check --requirement requirements-benchmark.lock
	PYTHONPATH=tests python -m benchmarks $(SECTIONS)

site: docs-env ## the documentation site, in build/site; a dead link, anchor or image is an error
	NO_MKDOCS_2_WARNING=1 python -m mkdocs --quiet build --strict

test-site: docs-env ## the site in a headless Chromium (Debian: apt-get install chromium)
	python -m pytest tests/site

docs-env: env
	python -m pip install --quiet --disable-pip-version-check --requirement requirements-docs.lock

lint: env ## format, style, workflow style, types
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile workflow
	snakemake --lint
	mypy

format: env
	ruff check --fix .
	ruff format .
	snakefmt Snakefile workflow

reference: env ## config/schema.json and config/README.md from the classes
	python -m traindyn.config.reference config

PIN := python -m piptools compile --quiet --strip-extras --allow-unsafe --no-header --no-annotate --no-emit-index-url \
  --no-emit-find-links --no-emit-trusted-host --no-emit-options

lock: env ## pin every package anew
	$(PIN) --extra workflow --extra formats --extra dev --output-file requirements.lock pyproject.toml
	$(PIN) --extra benchmark --constraint requirements.lock --output-file requirements-benchmark.lock pyproject.toml
	$(PIN) --extra cluster --constraint requirements.lock --output-file requirements-cluster.lock pyproject.toml
	$(PIN) --extra docs --constraint requirements.lock --output-file requirements-docs.lock pyproject.toml
	sed -i '/^nvidia-\|^cuda-\|^triton==/d; s/^\(torch==[^+]*\)+.*/\1/' requirements*.lock
	python envs/explicit.py
	python envs/pin.py

clean: ## results, not the environment nor the tables kept in git
	git clean -fdXq results logs benchmarks
