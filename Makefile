# Five commands for a person; .ci/run calls the same.
#   make demo    two simulated months from events to reports, on a fresh machine
#   make test    all tests, on a real Kafka and a real PostgreSQL of their own
#   make check   format, lint, types, SQL, conventions
#   make bench   how fast loading is, beside COPY, the gateway, beside a server that checks nothing, and builds of months
#   make fuzz    a million bad inputs into a gateway of its own: make fuzz FUZZ_COUNT=20000 for fewer

FUZZ_COUNT ?= 1000000
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: setup demo test check bench fuzz format requirements clean

setup: .venv/ready

.venv/ready: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Error: Python 3.11 is not installed: install it (Debian: apt-get install python3.11 python3.11-venv), or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Error: the environment could not be made: apt-get install python3.11-venv, and see that the disk has 3 GB free"; exit 1; }
	@echo "installing the pinned packages (about 700 MB, a few minutes the first time)"
	@$(BIN)/pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch .venv/ready

demo: setup
	@$(BIN)/pulssi demo

test: setup
	$(BIN)/pytest $(TESTS)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt
	$(BIN)/pytest -q tests/dbt/test_conventions.py tests/dags tests/test_tree.py

bench: setup
	$(BIN)/python tests/benchmarks/bench_load.py
	$(BIN)/python tests/benchmarks/bench_gateway.py run
	$(BIN)/python tests/benchmarks/bench_build.py

fuzz: setup
	nice -n 10 $(BIN)/python tests/fuzz/fuzz_gateway.py --count $(FUZZ_COUNT)

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --disable-progress-bar dbt

requirements: setup
	$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links -o requirements.txt requirements.in

clean:
	-$(BIN)/pulssi down
	rm -rf .pulssi .venv
