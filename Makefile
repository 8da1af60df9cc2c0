# Everything that is installed, built or written stays in this folder: .venv and .local.
SHELL := /bin/bash
.DEFAULT_GOAL := help
ENV ?= dev
ARCH ?= arm64

PY := .venv/bin/python
PYTEST = $(PY) -m pytest
WORKERS = -n auto --maxprocesses 4
.NOTPARALLEL:

# Bytecode halves the time that every command takes to start.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPATH := $(CURDIR):$(CURDIR)/layers/core
export UV_CACHE_DIR ?= $(CURDIR)/.local/cache/uv

SAM = SAM_CLI_TELEMETRY=0 __SAM_CLI_APP_DIR="$(CURDIR)/.local/sam" PATH="$(CURDIR)/.local/venvs/uv/bin:$$PATH" .local/venvs/sam/bin/sam
WHEELS_arm64 = aarch64-manylinux_2_28
WHEELS_x86_64 = x86_64-manylinux_2_28
UV_COMPILE = .local/venvs/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
PACKAGES_OF = sed -n 's/^\([a-z0-9][a-z0-9._-]*\)==.*/--no-emit-package \1/p'
MIGRATIONS_VERSION = $$(cat infra/migrations/*.sql | cksum | cut -d' ' -f1)

.PHONY: help
help: ## What there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

.PHONY: run
run: install ## Start the whole system on this machine and ask it a question; DETACH=1 returns once it is ready
	@$(PY) -m infra.local.main run

.PHONY: stop
stop: ## Stop what `make run` started
	@if [ -x $(PY) ]; then $(PY) -m infra.local.main stop; else echo "Nothing is installed here, so nothing runs."; fi

.PHONY: test
test: lint types checks unit integration e2e ## Everything: format, lint, types, import rules, supply chain, all tests

.PHONY: install
install: ## Install what is missing, into this folder
	@python=$$(infra/local/find-python) && "$$python" -m infra.local.install

.PHONY: install-checks
install-checks: install ## Install the tools of `make checks` as well
	@$(PY) -m infra.local.install checks

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

.PHONY: checks
checks: template-checks ## The template, locks, licences, list of parts, secrets, known weaknesses; CAFE_AI_AUDIT=require fails where nothing could be audited
	$(PYTEST) $(WORKERS) tests/checks
	@$(PY) -m infra.checks all

.PHONY: secrets
secrets: install-checks ## Write .secrets.baseline anew and say what in it nobody has read
	@$(PY) -m infra.checks secrets

.PHONY: sbom
sbom: install ## Write the list of parts of what is shipped (CycloneDX) to .local/sbom
	@$(PY) -m infra.checks sbom

.PHONY: unit
unit: install ## The tests that need nothing running
	$(PYTEST) $(WORKERS) tests/unit tests/architecture

.PHONY: integration
integration: install ## The tests on a real PostgreSQL
	$(PYTEST) $(WORKERS) tests --ignore tests/unit --ignore tests/architecture --ignore tests/e2e --ignore tests/checks

.PHONY: e2e
e2e: install ## The tests through API Gateway, on a stack of their own
	$(PYTEST) tests/e2e

.PHONY: build
build: install ## Build the functions for AWS (arm64; ARCH=x86_64 for the other)
	TARGET="--python-platform $(WHEELS_$(ARCH)) --python-version 3.13" $(SAM) build --parameter-overrides Arch=$(ARCH)
	@.local/venvs/sam/bin/python -m infra.local.sizes .aws-sam/build
	@$(PY) -m infra.checks sbom

.PHONY: deploy
deploy: build ## Deploy to AWS: ENV=dev, staging or prod (samconfig.toml); the first time with PARAMETERS="OpenAiApiKey=... ..."
	given=$$($(PY) -m infra.parameters $(ENV) Arch=$(ARCH) MigrationsVersion=$(MIGRATIONS_VERSION) $(PARAMETERS)) && \
		eval "parameters=($$given)" && $(SAM) deploy --config-env $(ENV) --parameter-overrides "$${parameters[@]}"

.PHONY: template-checks
template-checks: install-checks ## Check template.yaml and infra/*.yaml: cfn-lint, sam validate, checkov (no network, no account)
	.local/venvs/sam/bin/cfn-lint template.yaml infra/*.yaml
	AWS_DEFAULT_REGION=eu-west-1 $(SAM) validate --lint --template-file template.yaml
	.local/venvs/checks/bin/checkov --config-file .checkov.yaml --file template.yaml infra/*.yaml

.PHONY: bench
bench: install ## Measure: the handler's import and memory, and a question with its parts
	$(PY) -m tests.bench

.PHONY: notebooks
notebooks: install ## Run the notebooks of ml/ and save them with their outputs; NOTEBOOK=FILE for one of them
	$(PY) -m ml.notebooks $(NOTEBOOK)

.PHONY: torture
torture: install ## 20,000 jobs while workers are killed 100 times; minutes (the tests have a smaller run of it)
	$(PY) -m tests.torture.jobs

.PHONY: soak
soak: install ## Mixed load on a stack of its own: no 5xx, no leak, all audited once; MINUTES=30 USERS=4
	$(PY) -m tests.load soak --minutes $(or $(MINUTES),30) --users $(or $(USERS),4)

.PHONY: chaos
chaos: install ## The same load while PostgreSQL, Chroma, the language model and workers are killed in turn; minutes
	$(PY) -m tests.load chaos

.PHONY: fuzz
fuzz: install ## 500 requests, right and wrong, to every operation of the API; FUZZ_CASES=2000 for more
	FUZZ_CASES=$(or $(FUZZ_CASES),500) $(PYTEST) $(WORKERS) tests/contract/test_fuzz.py

.PHONY: api-docs
api-docs: install ## Write docs/openapi.json and docs/api.md from the code
	$(PY) -m infra.api_docs

.PHONY: import
import: install ## Import order lines: make import FILE=lines.csv NAME="Tienda" TIMEZONE=Europe/Madrid CURRENCY=EUR LOCALE=es
	@./cafe-ai import --name "$(NAME)" --timezone "$(TIMEZONE)" --currency "$(CURRENCY)" --locale "$(or $(LOCALE),es)" "$(FILE)"

.PHONY: lock
lock: install ## Pin the newest packages that requirements/*.in allow, with hashes
	$(UV_COMPILE) --upgrade requirements/bootstrap.in -o requirements/bootstrap.txt
	$(UV_COMPILE) --upgrade requirements/web.in -o requirements/web.txt
	$(UV_COMPILE) --upgrade requirements/ai.in -c requirements/web.txt $$($(PACKAGES_OF) requirements/web.txt) -o requirements/ai.txt
	$(UV_COMPILE) --upgrade requirements/embeddings.in -c requirements/web.txt -c requirements/ai.txt \
		$$($(PACKAGES_OF) requirements/web.txt requirements/ai.txt) -o requirements/embeddings.txt
	$(UV_COMPILE) --upgrade requirements/report.in -c requirements/web.txt -c requirements/ai.txt \
		$$($(PACKAGES_OF) requirements/web.txt) -o requirements/report.txt
	$(UV_COMPILE) --upgrade requirements/ml.in -c requirements/web.txt -c requirements/ai.txt \
		$$($(PACKAGES_OF) requirements/web.txt) -o requirements/ml.txt
	$(UV_COMPILE) --upgrade --no-deps requirements/libgomp.in -o requirements/libgomp.txt
	$(UV_COMPILE) --upgrade requirements/dev.in -c requirements/web.txt -c requirements/ai.txt -c requirements/embeddings.txt \
		-c requirements/report.txt -c requirements/ml.txt -o requirements/dev.txt
	$(UV_COMPILE) --upgrade requirements/chroma.in -o requirements/chroma.txt
	$(UV_COMPILE) --upgrade requirements/emulator.in -o requirements/emulator.txt
	$(UV_COMPILE) --upgrade requirements/sam.in -o requirements/sam.txt
	$(UV_COMPILE) --upgrade requirements/checks.in -o requirements/checks.txt
	$(UV_COMPILE) --upgrade tests/bench/requirements/celery.in -o tests/bench/requirements/celery.txt
	$(UV_COMPILE) --upgrade tests/bench/requirements/forecasting.in -o tests/bench/requirements/forecasting.txt

.PHONY: clean
clean: ## Stop the stack and remove all that was installed, built or stored
	@[ ! -x $(PY) ] || $(PY) -m infra.local.main stop
	rm -rf .venv .local .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
