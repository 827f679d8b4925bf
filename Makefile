# Python 3.11 or newer and make are all that is needed: `make setup demo`. npm is used when it is there.
PY ?= python3
V := .venv
NODE := .venv-node
ASSETS := service/web/assets
NPM := $(shell command -v npm 2>/dev/null)
# uv installs in seconds what pip installs in a minute; both check every hash in the lock, and compile: where
# Python may write nothing beside the code, each process would compile everything anew.
INSTALL = if [ -x $(V)/bin/uv ]; then $(V)/bin/uv pip install -q --compile-bytecode --python $(1)/bin/python $(2); \
	else $(1)/bin/python -m pip install -q --disable-pip-version-check $(2); fi

# What is being set up is told on standard error: standard output is the demo's, for `--json`.
SAY = @echo "$(1)" >&2

.PHONY: setup demo test test-long bench check format lock

setup: $(V)/bin/assent service/web/static/govuk-frontend.min.css
	@$(V)/bin/python -m compileall -q workflows activities notifications service

demo: setup
	@$(V)/bin/assent demo $(ARGS)

# A process for each core takes one file of tests after another, with servers of its own. What kills things on
# purpose has moments to meet, which it would miss on a busy machine, so it runs alone afterwards, whatever the
# rest came to. That ARGS leave one of the two nothing to do (5) is no failure.
test: setup
	@$(V)/bin/python -m pytest -m "not long and not chaos" -n auto --dist loadfile --no-loadscope-reorder $(ARGS); \
	together=$$?; [ $$together != 2 ] || exit 2; \
	$(V)/bin/python -m pytest -m "chaos and not long" $(ARGS); alone=$$?; \
	case $$together,$$alone in 0,0|0,5|5,0) ;; *) exit 1 ;; esac

test-long: setup
	$(V)/bin/python -m pytest -m long --timeout 3600 $(ARGS)

bench: setup
	$(V)/bin/python -m tests.bench $(ARGS)

check: setup
	$(V)/bin/ruff format --check .
	$(V)/bin/ruff check .
	$(V)/bin/mypy
	$(V)/bin/lint-imports

format: setup
	$(V)/bin/ruff format .
	$(V)/bin/ruff check --fix .

# After a change of dependencies in pyproject.toml.
lock: $(V)/.locked
	$(V)/bin/uv pip compile -q --universal --generate-hashes --no-header --all-extras --group dev pyproject.toml -o requirements.lock
	$(V)/bin/uv pip compile -q --universal --generate-hashes --no-header -c requirements.lock pyproject.toml -o requirements-production.lock
	$(V)/bin/uv pip compile -q --universal --generate-hashes --no-header --group node -o requirements-node.lock

$(V)/.locked: requirements.lock
	@$(PY) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Assent needs Python 3.11 or newer: make PY=python3.11")'
	$(call SAY,Installing what Assent needs in $(V))
	@$(PY) -m venv $(V)
	@awk '/^[a-z]/ { on = /^uv==/ } on' requirements.lock > $(V)/uv.lock
	-@$(V)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $(V)/uv.lock
	@$(call INSTALL,$(V),--require-hashes -r requirements.lock)
	@touch $@

$(V)/bin/assent: $(V)/.locked pyproject.toml
	@$(call INSTALL,$(V),--no-deps --no-build-isolation -e .)
	@touch $@

$(NODE)/.locked: requirements-node.lock $(V)/.locked
	$(call SAY,Installing Node.js in $(NODE))
	@$(PY) -m venv $(NODE)
	@$(call INSTALL,$(NODE),--require-hashes -r requirements-node.lock)
	@touch $@

$(ASSETS)/node_modules/.locked: $(ASSETS)/package-lock.json $(if $(NPM),,$(NODE)/.locked)
	$(call SAY,Fetching what the pages are styled with)
	@cd $(ASSETS) && PATH="$(if $(NPM),,$(CURDIR)/$(NODE)/bin:)$$PATH" npm ci --silent
	@touch $@

service/web/static/govuk-frontend.min.css: $(ASSETS)/node_modules/.locked $(ASSETS)/build.py $(V)/.locked
	@$(V)/bin/python $(ASSETS)/build.py
