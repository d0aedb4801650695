# `make` alone lists the commands. Each makes what it needs, and does nothing twice.
PYTHON ?= python3
RUN := .venv/bin/python -m
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help serve build gate test matrix update translated lint bench lock sbom dist clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(MAKEFILE_LIST) | expand -t 18

serve: .venv/installed  ## the site with live reload, on http://127.0.0.1:8000/ (another: make serve ADDRESS=127.0.0.1:8001)
	$(RUN) mkdocs serve

build: .venv/installed  ## the site, into site/
	$(RUN) mkdocs build --strict

gate: .venv/installed  ## is every page still true? (seconds)
	$(RUN) pytest --disable-plugin-autoload README.md README.ko.md CONTRIBUTING.md docs mobilenet

test: .venv/installed  ## everything: package, pages, the built site in a browser
	OMP_NUM_THREADS=1 $(RUN) pytest --numprocesses auto --dist worksteal --cov=mobilenet --cov=docs

matrix: .venv/installed  ## the package on each Python and PyTorch that it supports (gigabytes, and ten minutes a pair)
	.venv/bin/nox

update: .venv/installed  ## rewrite outputs and numbers that no longer hold, in both languages
	PYTHONPATH=docs $(RUN) tests.pages.update

translated: .venv/installed  ## note that both languages say the same, once you have read them
	PYTHONPATH=docs $(RUN) tests.pages.languages

lint: .venv/installed  ## style, types, spelling, workflows
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	.venv/bin/codespell
	.venv/bin/zizmor --offline --pedantic --strict-collection --no-progress --quiet .

bench: .venv-bench/installed .venv/installed  ## measure the figures on the page "Make it fast" again (half an hour)
	.venv-bench/bin/python -m bench.speed docs/data/speed.json
	@$(MAKE) --no-print-directory update

lock: .venv/installed  ## take newer versions into constraints.txt
	.venv/bin/uv pip compile --quiet --upgrade --universal --all-extras --generate-hashes --no-emit-index-url \
		--no-emit-package mobilenet --no-emit-package torch \
		--constraint torch.txt --custom-compile-command "make lock" --output-file constraints.txt pyproject.toml

sbom: .venv/installed  ## what is installed and where it comes from, CycloneDX, into sbom.json
	.venv/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --output-reproducible \
		--output-file sbom.json .venv/bin/python

dist: .venv/installed  ## the package as it is published, into dist/
	rm -rf dist
	$(RUN) hatchling build

clean:  ## remove what the other commands made
	rm -rf .venv .venv-bench site dist sbom.json .cache .nox .pytest_cache .mypy_cache .ruff_cache

.venv-bench/installed: bench/requirements.txt constraints.txt torch.txt
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --require-hashes --no-deps --requirement constraints.txt
	.venv-bench/bin/python -m pip install --no-build-isolation --requirement bench/requirements.txt --editable . --constraint torch.txt
	@touch $@

.venv/installed: pyproject.toml constraints.txt torch.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is $$($(PYTHON) --version 2>&1), and Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(RUN) pip install --require-hashes --no-deps --requirement constraints.txt
	$(RUN) pip install --no-build-isolation --editable . --constraint torch.txt
	@touch $@
