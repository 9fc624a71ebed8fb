# Every target does its own set-up first, and only when a lock file changed.
SETUP = sh .ci/python .ci/setup.py
PYTHON_HERE = .venv/bin/python
export PYTHON

.PHONY: help run test lint format bench setup lock dev
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## set up and start Landproof on its demonstration (PORT=8000 chooses the port)
	@$(SETUP) run $(if $(PORT),--port $(PORT))

test: ## set up and run every test (ARGS="-k totals" goes to pytest)
	@$(SETUP) test $(ARGS)

lint: dev ## check format, code and types, and change nothing
	@$(PYTHON_HERE) -m ruff format --check .
	@$(PYTHON_HERE) -m ruff check .
	@$(PYTHON_HERE) -m mypy

format: dev ## put every file in the agreed form
	@$(PYTHON_HERE) -m ruff check --fix --quiet .
	@$(PYTHON_HERE) -m ruff format .

bench: dev ## compare speed and memory with peers (ARGS="import --sites 100000" for a part)
	@$(PYTHON_HERE) -m tests.bench $(ARGS)

setup: ## install what running needs, and start nothing
	@$(SETUP) setup

lock: dev ## choose the newest allowed versions again and write the lock files
	@$(SETUP) lock

dev:
	@$(SETUP) dev
