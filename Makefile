# Every command of the project. Needs only make and Python 3.11 or newer; `make` alone explains the rest.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# Running each candidate, rather than looking for it, skips launchers that have no Python behind them.
PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3 python; do \
	"$$each" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& command -v "$$each" && break; done)

# What needs nothing but Python itself takes any, with or without its venv module.
ANY_PYTHON = $(or $(PYTHON),$(shell for each in python3.13 python3.12 python3.11 python3 python; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& command -v "$$each" && break; done),$(error Python 3.11 or newer is needed and was not found))

##@ Use
.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
	/^##@ / { printf "\n%s\n", substr($$0, 5) } \
	/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(INSTALLED) ## Start the bot, the simulator and the Playground; needs no account
	@$(BIN)/python -m local.demo

.PHONY: package
package: ## Build the Teams app package to upload (APP_ID=the bot's app id); installs nothing
	@$(ANY_PYTHON) -m manifest.build --app-id "$(APP_ID)" $(if $(PUBLIC_URL),--public-url "$(PUBLIC_URL)") \
		--privacy-url "$(PRIVACY_URL)" --terms-url "$(TERMS_URL)" --bot-url "$(CHANGE_PUBLIC_URL)"

##@ Work on it
.PHONY: setup
setup: $(INSTALLED) ## Create .venv with the locked dependencies

$(INSTALLED): requirements/dev.txt
	@python='$(PYTHON)'; \
	if [ ! -x $(BIN)/python ] && [ -z "$$python" ]; then \
		echo 'Python 3.11 or newer with its venv module is needed and was not found.' >&2; \
		echo 'Install it (Debian: apt install python3 python3-venv), or name yours: make setup PYTHON=/path/to/python3' >&2; \
		exit 1; \
	fi; \
	$(BIN)/python -c '' 2>/dev/null || "$$python" -m venv --clear $(VENV)
	@echo 'Installing the locked dependencies into $(VENV); only the first time, it takes a minute or two.'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

.PHONY: test
test: $(if $(ARGS),$(INSTALLED),lint type audit) ## Check everything: format, lint, imports, types, tests; with ARGS those tests only
	@$(BIN)/python -m pytest $(ARGS)

.PHONY: test-long
test-long: $(INSTALLED) ## Run the tests with nothing cut: every kill, every boundary; takes hours
	@$(BIN)/python -m pytest --long --hypothesis-profile=long $(ARGS)

.PHONY: check
check: lint type ## Check style, imports, types and the quick unit tests: within a minute, while you work
	@$(BIN)/python -m pytest tests/unit -m 'not thorough' --hypothesis-profile=quick $(ARGS)

.PHONY: lint
lint: $(INSTALLED) ## Check style, formatting and who imports whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo

CODE := app.py command_line.py database_address.py logs.py redaction.py service.py sign_in.py application bot cards changes check dialogs infomaniak http_server.py language lazy_packages.py local manifest \
  notices other_tools.py rehearsal scheduler sites.py settings storage version.py web
.PHONY: audit
audit: $(INSTALLED) ## Look for what must not be written, and for known holes in the dependencies
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive --exclude local/playground/node_modules $(CODE)
	@$(BIN)/python requirements/audit.py $(if $(CI),$(if $(AUDIT_OFFLINE),,--required))

.PHONY: type
type: $(INSTALLED) ## Check types
	@$(BIN)/mypy

.PHONY: format
format: $(INSTALLED) ## Format the code and mend what lint can mend
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

.PHONY: pictures
pictures: $(INSTALLED) ## Draw every card in every state into docs/cards; needs chromium
	@$(BIN)/python -m tests.cards.pictures

.PHONY: bench bench-full
bench: $(INSTALLED) ## Measure speed, in less than ten minutes
	@$(BIN)/python -m bench
bench-full: $(INSTALLED) ## Measure everything, beside the Agents SDK too, and write docs/performance.md
	@$(BIN)/python -m bench --full; $(BIN)/python -m bench.report

##@ Look after it
# Pins for every platform and Python; names no registry, so any mirror of the public ones serves.
COMPILE := uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)
.PHONY: lock
lock: $(INSTALLED) ## Pin the dependencies anew (UPGRADE=1 takes newer versions)
	@$(BIN)/$(COMPILE) pyproject.toml -o requirements/runtime.txt
	@$(BIN)/$(COMPILE) pyproject.toml --extra public-cloud -c requirements/runtime.txt -o requirements/public-cloud.txt
	@$(BIN)/$(COMPILE) pyproject.toml --extra public-cloud --group dev -c requirements/public-cloud.txt -o requirements/dev.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm install --prefix local/playground --package-lock-only --ignore-scripts \
		--omit-lockfile-registry-resolved --no-audit --no-fund

.PHONY: licences
licences: $(INSTALLED) ## Write docs/licences.md: the licence of every dependency
	@$(BIN)/python requirements/licences.py

.PHONY: release
release: test ## Tag what is committed, with notes, app package (APP_ID=…) and image; pushes nothing
	@$(BIN)/python -m release $(if $(APP_ID),--app-id "$(APP_ID)") $(if $(PUBLIC_URL),--public-url "$(PUBLIC_URL)") \
		$(if $(PRIVACY_URL),--privacy-url "$(PRIVACY_URL)") $(if $(TERMS_URL),--terms-url "$(TERMS_URL)") \
		--bot-url "$(CHANGE_PUBLIC_URL)"

.PHONY: clean
clean: ## Remove everything that can be made again (your data in var/ stays)
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis local/playground/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
