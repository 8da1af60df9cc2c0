# Everything that is installed, built or written stays in this folder: .venv and .local.
SHELL := /bin/bash
.DEFAULT_GOAL := help
ENV ?= dev

PY := .venv/bin/python
# Bytecode halves the time that every command takes to start.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPATH := $(CURDIR):$(CURDIR)/layers/core
SAM = SAM_CLI_TELEMETRY=0 PATH="$(CURDIR)/.local/venvs/uv/bin:$$PATH" .local/venvs/sam/bin/sam
UV_COMPILE = .local/venvs/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
WEB_PACKAGES = $$(sed -n 's/^\([a-z0-9][a-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements/web.txt)
MIGRATIONS_VERSION = $$(cat infra/migrations/*.sql | sha256sum | cut -c1-16)

.PHONY: help
help: ## What there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

.PHONY: run
run: install ## Start the whole system on this machine and ask it a question; DETACH=1 returns once it is ready
	@$(PY) -m infra.local.main run

.PHONY: stop
stop: install ## Stop what `make run` started
	@$(PY) -m infra.local.main stop

.PHONY: test
test: lint types unit-to-e2e ## Everything: format, lint, types, import rules, all tests

.PHONY: install
install: ## Install what is missing, into this folder
	@python=$$(infra/local/find-python) && "$$python" -m infra.local.install

.PHONY: lint
lint: install ## Formatting, lint and import rules
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	.venv/bin/lint-imports

.PHONY: format
format: install ## Write the code as the formatter wants it
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

.PHONY: types
types: install ## Check the types
	$(PY) -m mypy

.PHONY: unit-to-e2e
unit-to-e2e: install
	$(PY) -m pytest tests/unit tests/architecture tests/integration tests/security tests/e2e

.PHONY: unit
unit: install ## The tests that need nothing running
	$(PY) -m pytest tests/unit tests/architecture

.PHONY: integration
integration: install ## The tests on a real PostgreSQL
	$(PY) -m pytest tests/integration tests/security

.PHONY: e2e
e2e: install ## The tests through API Gateway, on a stack of their own
	$(PY) -m pytest tests/e2e

.PHONY: build
build: install ## Build the functions for AWS (arm64; ARCH=x86_64 for the other)
	$(SAM) build $(if $(ARCH),--parameter-overrides Arch=$(ARCH)) $(if $(filter x86_64,$(ARCH)),&& true)

.PHONY: deploy
deploy: build ## Deploy to AWS: ENV=dev, staging or prod (samconfig.toml)
	$(SAM) deploy --config-env $(ENV) --parameter-overrides "MigrationsVersion=$(MIGRATIONS_VERSION)"

.PHONY: bench
bench: install ## Measure: the handler's import and memory, and a question with its parts
	$(PY) -m tests.bench

.PHONY: import
import: install ## Import order lines: make import FILE=lines.csv NAME="Tienda" TIMEZONE=Europe/Madrid CURRENCY=EUR LOCALE=es
	@./cafe-ai import --name "$(NAME)" --timezone "$(TIMEZONE)" --currency "$(CURRENCY)" --locale "$(or $(LOCALE),es)" "$(FILE)"

.PHONY: lock
lock: install ## Pin the newest packages that requirements/*.in allow, with hashes
	$(UV_COMPILE) --upgrade requirements/bootstrap.in -o requirements/bootstrap.txt
	$(UV_COMPILE) --upgrade requirements/web.in -o requirements/web.txt
	$(UV_COMPILE) --upgrade requirements/ai.in -c requirements/web.txt $(WEB_PACKAGES) -o requirements/ai.txt
	$(UV_COMPILE) --upgrade requirements/dev.in -c requirements/web.txt -c requirements/ai.txt -o requirements/dev.txt
	$(UV_COMPILE) --upgrade requirements/emulator.in -o requirements/emulator.txt
	$(UV_COMPILE) --upgrade requirements/sam.in -o requirements/sam.txt

.PHONY: clean
clean: ## Stop the stack and remove all that was installed, built or stored
	@[ ! -x $(PY) ] || $(PY) -m infra.local.main stop
	rm -rf .venv .local .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
