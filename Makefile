# Everything a newcomer needs: `make demo` and `make test`. Without make, see "Without make" in the README.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
JOBS   ?= 2

.PHONY: demo test lint bench venv clean

demo: $(VENV)/.installed   ## install, translate the example lecture, show the result
	$(BIN)/diglot translate examples/attention.md --to ja,zh -o examples/out --formats tsv,html --overwrite \
		|| test $$? -eq 3  # finished, with some segments marked as untranslated
	@echo; echo "--- examples/out/attention.ja.md"; sed -n 1,24p examples/out/attention.ja.md
	@echo; echo "The bilingual editions to open in a browser: examples/out/attention.en-ja.html, attention.en-zh.html"

test: $(VENV)/.installed   ## all tests
	$(BIN)/python -m pytest -n $(JOBS)

lint: $(VENV)/.installed   ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python scripts/typecheck.py

bench: $(VENV)/.installed  ## what can be measured here; the figures go to docs/benchmarks.md
	$(BIN)/python benchmarks/run.py

venv: $(VENV)/.installed

# A GPU machine gets PyTorch as the index has it, any other the CPU build, which is a tenth of the size.
$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python scripts/install_torch.py
	$(BIN)/pip install -q -c constraints.txt -e '.[dev,ja,ko]'
	touch $@

clean:
	rm -rf $(VENV) build examples/out .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
