# Everything happens in .venv, which the first target that needs it makes.
PYTHON ?= python3
RUN ?= runs/demo
BIN := .venv/bin
# Not run, only read: three trained networks, and photographs of things and of text.
EXHIBITS := rapidocr-onnxruntime==1.4.4 scikit-image==0.26.0

.PHONY: help demo course test check docs judge fuzz bench clean

help:
	@echo "make demo    train a network on real digits (RUN=folder for another folder than runs/demo)"
	@echo "make course  the course's notebooks in stridewise-course/, opened in Jupyter"
	@echo "make test    run every test"
	@echo "make check   style, types, architecture"
	@echo "make docs    the documentation as a site, docs/_build/html"
	@echo "make judge   compare with PyTorch (installs torch, about 200 MB)"
	@echo "make fuzz    60,000 random problems against other implementations"
	@echo "make bench   measure the speed, beside whatever else is installed in .venv"
	@echo "make clean   remove .venv and caches; runs stay"

demo: .venv/installed-train
	@test ! -e $(RUN) || { echo "$(RUN) exists already, and a run is never overwritten; try: make demo RUN=$(RUN)-2"; exit 1; }
	$(BIN)/stridewise train --run $(RUN)

course: .venv/installed-course
	$(BIN)/stridewise course
	$(BIN)/jupyter lab stridewise-course

test: .venv/installed-test
	$(BIN)/pytest -n 2 --cov --cov-report=term-missing

check: .venv/installed-check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/installed-docs
	$(BIN)/sphinx-build -W --keep-going -n -d docs/_build/doctrees docs docs/_build/html

judge: .venv/installed-test
	@$(BIN)/python -c "import torch" 2>/dev/null || echo "installing torch 2.13.0 (about 200 MB) into .venv, to compare with it"
	@$(BIN)/python -c "import torch" 2>/dev/null || $(BIN)/pip install --quiet -e '.[judge]'
	$(BIN)/pytest -n 2 tests/judges

fuzz: .venv/installed-test
	$(BIN)/pytest tests/test_fuzz.py --hypothesis-profile=fuzz -n 2

bench: .venv/installed-test
	$(BIN)/stridewise bench

clean:
	rm -rf .venv docs/_build docs/course .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .import_linter_cache

.venv/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" \
		|| { echo "Stridewise needs Python 3.11 or newer; try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

# The demo and the course need no test tools, and the tests need all extras.
.venv/installed-train: .venv/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[train,data,fast,explore]'
	@touch $@

.venv/installed-course: .venv/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[course]'
	@touch $@

.venv/installed-test: .venv/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps $(EXHIBITS)
	@touch $@

.venv/installed-docs: .venv/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[docs]'
	@touch $@

.venv/installed-check: .venv/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,check]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps $(EXHIBITS)
	@touch $@
