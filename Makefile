# `make` alone lists the commands. Each makes what it needs, and does nothing twice.
PYTHON ?= python3
RUN := .venv/bin/python -m
# Which build of it there is differs from machine to machine, and so its hash.
TORCH := torch==2.13.0
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help serve build zensical gate test matrix update translated lint bench bench-gate bench-scale bench-speed bench-site lock sbom dist clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(MAKEFILE_LIST) | expand -t 18

serve: .venv/installed  ## the site with live reload, on http://127.0.0.1:8000/ (another: make serve ADDRESS=127.0.0.1:8001)
	$(RUN) mkdocs serve

build: .venv/installed  ## the site, into site/
	$(RUN) mkdocs build --strict

zensical: .venv/installed  ## the languages' sites by what comes after Material, into site-zensical/
	PYTHONPATH=docs $(RUN) successor site-zensical

gate: .venv/installed  ## is every page still true? (seconds)
	$(RUN) pytest --disable-plugin-autoload README.md README.ko.md CONTRIBUTING.md docs mobilenet

test: .venv/installed  ## everything: package, pages, the built site in a browser
	OMP_NUM_THREADS=1 $(RUN) pytest --numprocesses auto --dist worksteal

matrix: .venv/installed  ## the package on each Python and PyTorch that it supports (gigabytes, and ten minutes a pair)
	.venv/bin/nox

update: .venv/installed  ## rewrite outputs and numbers that no longer hold, in both languages
	PYTHONPATH=docs $(RUN) gate.update

translated: .venv/installed  ## note that both languages say the same, once you have read them
	PYTHONPATH=docs $(RUN) gate.languages

lint: .venv/installed  ## style, types, spelling, workflows
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	.venv/bin/codespell
	.venv/bin/zizmor --offline --pedantic --strict-collection --no-progress --quiet .

bench: bench-gate bench-scale bench-speed bench-site  ## the figures on "How this site is tested" and "Make it fast", and Lighthouse's (half an hour)

bench-gate: .venv/installed
	$(RUN) bench.gate > docs/measured/gate.new
	mv docs/measured/gate.new docs/measured/gate.txt
	@cat docs/measured/gate.txt

bench-scale: .venv/installed
	$(RUN) bench.scale > docs/measured/scale.new
	mv docs/measured/scale.new docs/measured/scale.txt
	@cat docs/measured/scale.txt

bench-speed: .venv-bench/installed .venv/installed
	.venv-bench/bin/python -m bench.speed docs/measured/speed.json
	@$(MAKE) --no-print-directory update

bench-site: bench/node_modules/installed .venv/installed
	$(RUN) bench.site

lock: .venv/installed  ## take newer versions into constraints.txt
	.venv/bin/uv pip compile --quiet --upgrade --universal --all-extras --generate-hashes --no-emit-index-url \
		--no-emit-package mobilenet --no-emit-package torch \
		--custom-compile-command "make lock" --output-file constraints.txt pyproject.toml

sbom: .venv/installed  ## what is installed and where it comes from, CycloneDX, into sbom.json
	.venv/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --output-reproducible \
		--output-file sbom.json .venv/bin/python

dist: .venv/installed  ## the package as it is published, into dist/
	rm -rf dist
	$(RUN) hatchling build

clean:  ## remove what the other commands made
	rm -rf .venv .venv-bench bench/node_modules site site-zensical dist sbom.json .cache .nox .pytest_cache .mypy_cache .ruff_cache

bench/node_modules/installed: bench/package-lock.json
	@command -v node java >/dev/null || { echo "make bench-site needs Node.js 18 or newer and Java 11 or newer"; exit 1; }
	PUPPETEER_SKIP_DOWNLOAD=1 npm install --prefix bench --no-save --no-audit --no-fund
	@touch $@

.venv-bench/installed: bench/requirements.txt constraints.txt
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --require-hashes --no-deps --requirement constraints.txt
	.venv-bench/bin/python -m pip install --no-build-isolation --requirement bench/requirements.txt --editable . $(TORCH)
	@touch $@

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is $$($(PYTHON) --version 2>&1), and Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(RUN) pip install --require-hashes --no-deps --requirement constraints.txt
	$(RUN) pip install --no-build-isolation --editable . $(TORCH)
	@touch $@
