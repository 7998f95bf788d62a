# The commands of this book; `make` alone lists them.
# PYTHON names another Python than python3 (3.11 to 3.13). TORCH_INDEX names an index to take torch from,
# as PyTorch's own for builds without CUDA; the README gives its address.

PYTHON ?= python3
BIN := .venv/bin
INSTALL = $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint requirements.txt
PINS := requirements.txt pyproject.toml
# What the pages are made of. A changed .git/config may be a changed origin, which the links on the pages follow.
COUNTED := tools/chapters.py tools/lesson.py bnlib/claims.py bnlib/text.py
PAGES := references.bib $(COUNTED) $(wildcard *.md *.yml chapters/*.ipynb _ext/*.* _ext/templates/* _static/* .git/config)

.PHONY: help book test check chapter execute measure bench sweep lint lock serve clean hooks repository

help:  # This list
	@sed -n 's/^\([a-z]*\):[^#]*# /  make \1#/p' Makefile | awk -F'#' '{printf "%-18s %s\n", $$1, $$2}'

book: _build/book.stamp  # Build the pages into _build/html
	@echo "The book is at _build/html/index.html; 'make serve' shows it at http://localhost:8000"

test: _build/book.stamp check  # Install what is missing, then run every test and every chapter; EVERYTHING=1 for every lane
	@$(BIN)/python tools/chromium.py
	@$(BIN)/python _ext/npm_assets.py axe
	@BNLIB_STRICT=1 $(BIN)/python -m pytest -n 2 --nbval --nbval-current-env \
		--nbval-sanitize-with tests/nbval_sanitize.cfg $(if $(EVERYTHING),--everything) tests chapters

check: .venv/test.stamp  # Style, spelling and every rule, in seconds; CHAPTER=bias also runs that one, its claims, answers, mutants
	@$(BIN)/python tools/check.py $(CHAPTER)
	@$(if $(CHAPTER),BNLIB_STRICT=1 $(BIN)/python -m pytest -n 2 --chapter $(basename $(notdir $(CHAPTER))) \
		tests/chapters/test_record.py tests/mutation/test_chapters.py)

chapter: .venv/test.stamp  # Begin a chapter that keeps every rule: NAME=weight-decay
	@$(BIN)/python tools/new_chapter.py $(NAME)

execute: .venv/test.stamp  # Run all chapters again and store their outputs; CHAPTER=mechanism for one
	@$(BIN)/python tools/execute.py $(CHAPTER)

measure: .venv/test.stamp  # What the built chapters ask of a reader, and how they look, as a table
	@$(BIN)/python tools/measure.py

bench: .venv/test.stamp  # Time bnlib against torch; fails past a bar
	@$(BIN)/python tools/bench.py

sweep: .venv/test.stamp  # Tune the chapters' learning rates again and report differences; CHAPTER=… for one
	@$(BIN)/python tools/sweep.py $(CHAPTER)

lint: .venv/test.stamp  # Mend style where a tool can, notebooks included; make check says what is left
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet

lock: .venv/pyvenv.cfg  # Write the newest versions that pyproject.toml allows into requirements.txt
	@$(BIN)/python tools/lock.py

serve: book  # Show the built pages at http://localhost:8000
	@$(BIN)/python -m http.server --bind localhost --directory _build/html 8000

clean:  # Remove what was built; .venv stays
	rm -rf _build .pytest_cache .ruff_cache .hypothesis

hooks: .venv/edit.stamp  # JupyterLab, readable notebook diffs, and checks before each commit
	@git config diff.jupytext.textconv "$(BIN)/jupytext --from ipynb --to md --output -"
	@git config diff.jupytext.cachetextconv true
	@$(BIN)/pre-commit install

repository: .venv/test.stamp  # Point the book at another repository: URL=https://github.com/name/book
	@$(BIN)/python tools/repository.py "$(URL)"

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { echo \
		"The book needs Python 3.11, 3.12 or 3.13, and '$(PYTHON)' is none of them. Name one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo \
		"'$(PYTHON)' has no venv module. Install it (Debian and Ubuntu: apt install python3-venv), then try again." >&2; exit 1; }
	@$(PYTHON) -m venv .venv

# The extra "book" alone, without what running a chapter needs: the outputs are stored in the chapters.
.venv/book.stamp: $(PINS) | .venv/pyvenv.cfg
	@echo "Installing what building the book needs …"
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["book"], sep="\n")' > .venv/book.txt
	@$(INSTALL) --requirement .venv/book.txt
	@touch $@

.venv/test.stamp: $(PINS) .venv/book.stamp
	@echo "Installing what running and testing the chapters needs (with torch: minutes, the first time) …"
	@$(INSTALL) $(if $(TORCH_INDEX),--extra-index-url "$(TORCH_INDEX)") --editable '.[chapters,test]'
	@touch $@

.venv/edit.stamp: .venv/test.stamp
	@echo "Installing what editing the book needs …"
	@$(INSTALL) --editable '.[edit]'
	@touch $@

# A second run reads only what changed and would not repeat an old page's warnings: after a failure, nothing is kept.
# Styles and the extension belong to all pages: when one of them changed, all are built again.
# The stamp has the time of the start, so that what is edited meanwhile is built next time.
_build/book.stamp: $(PAGES) .venv/book.stamp
	@$(BIN)/python _ext/npm_assets.py mathjax
	@mkdir -p _build && touch _build/started
	@$(BIN)/jupyter-book build . -W -n --keep-going $(if $(filter _static/% _ext/% $(COUNTED),$?),--all) || { rm -rf _build; exit 1; }
	@mv _build/started $@
