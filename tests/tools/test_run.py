"""A chapter is run when its record is not there, and only then: what decides that is tried on changes of every kind."""

import re
import shutil

import pytest

import chapters
import run

UNUSED = "\n\ndef never_mentioned_by_anybody():\n    return 1\n"


@pytest.fixture
def path(small_book, executed_book):
    """The small chapter, with the record that executing it left."""
    shutil.copytree(executed_book / ".cache", small_book / ".cache")
    path = small_book / "chapters/example.ipynb"
    assert run.known(path, root=small_book)
    return path


def change(file, old, new):
    text = file.read_text("utf-8")
    assert re.search(old, text, re.M), f"{file} no longer holds {old}"
    file.write_text(re.sub(old, new, text, count=1, flags=re.M), "utf-8")


MUST_RUN = {  # file → what is changed in it
    "a cell": ("chapters/example.ipynb", r"values\.mean\(\):\.2f", "values.mean():.3f"),
    "a cell's id, which is its claim's": ("chapters/example.ipynb", '"claim-mean"', '"claim-of-mean"'),
    "a line of bnlib that the chapter uses": ("bnlib/text.py", "digits=3", "digits=4"),
    "a line that it uses through another module": ("bnlib/text.py", r"^_TIMES = .*", '_TIMES = " x 10"'),
    "a line of bnlib that runs on import": ("bnlib/figures.py", "^plt.style.use", "plt.rcdefaults()\nplt.style.use"),
    "the figures' style": ("bnlib/book.mplstyle", r"lines\.linewidth: \S+", "lines.linewidth: 7"),
    "a pin": ("requirements.txt", "^numpy==.*", "numpy==9.9"),
    "a solution": ("chapters/example.ipynb", r"double = 2 \* values", "double = 3 * values"),
    "a wrong answer": ("chapters/wrong_answers/example.py", r"double = 3\.0", "double = 4.0"),
}
NEED_NOT = {
    "prose": ("chapters/example.ipynb", r"What does a mean do\?", "What is a mean?"),
    "a comment in a cell": ("chapters/example.ipynb", "# a number", "# a number, please"),
    "the address in the set-up cell": ("chapters/example.ipynb", "/archive/refs", "/another/archive/refs"),
    "a comment in bnlib": ("bnlib/text.py", "^import re", "import re  # a remark"),
    "a docstring": ("bnlib/claims.py", "State something measured", "Say something measured"),
    "a function that nobody mentions": ("bnlib/text.py", r"\Z", UNUSED),
    "a module that it does not import": ("bnlib/theory.py", r"\Z", "\nraise SystemExit\n"),
    "a pin of what no chapter needs": ("requirements.txt", "^ruff==.*", "ruff==9.9"),
}


@pytest.mark.parametrize("what", MUST_RUN)
def test_another_record_is_needed(small_book, path, what):
    file, old, new = MUST_RUN[what]
    change(small_book / file, old, new)
    assert run.known(path, root=small_book) is None


@pytest.mark.parametrize("what", NEED_NOT)
def test_the_record_still_holds(small_book, path, what):
    file, old, new = NEED_NOT[what]
    before = run.known(path, root=small_book)
    change(small_book / file, old, new)
    assert run.known(path, root=small_book) == before is not None


def test_a_record_of_another_setting_or_machine_is_none(small_book, path):
    other = [run.Setting("there", run.HERE.known_by), run.Setting("here", "another processor", answers=True)]
    assert [run.known(path, setting, small_book) for setting in other] == [None, None]


def test_a_name_mentioned_by_the_chapter_makes_a_function_used(small_book, path):
    change(small_book / "bnlib/text.py", r"\Z", UNUSED)
    notebook = chapters.read(path)
    notebook.cells[2].source += "\nfrom bnlib.text import never_mentioned_by_anybody"
    path.write_text(chapters.to_text(notebook), "utf-8")
    before = run.key(path, root=small_book)
    change(small_book / "bnlib/text.py", "return 1", "return 2")
    assert run.key(path, root=small_book) != before


def test_what_is_recorded_is_not_run_again_unless_asked(small_book, path):
    counter = small_book / "runs"
    notebook = chapters.read(path)
    notebook.cells[2].source += f"\nopen({str(counter)!r}, 'a').write('x')"
    path.write_text(chapters.to_text(notebook), "utf-8")
    records = [run.recorded(path, root=small_book) for _ in range(3)]
    assert counter.read_text() == "x" and records[0] == records[2]
    run.recorded(path, root=small_book, anew=True)
    assert counter.read_text() == "xx"


def test_a_run_that_fails_says_where_and_is_not_recorded(small_book, path):
    notebook = chapters.read(path)
    next(cell for cell in notebook.cells if cell.id == "picture").source = "1 / 0"
    path.write_text(chapters.to_text(notebook), "utf-8")
    failed = run.recorded(path, root=small_book)
    assert (failed.failed_cell, failed.error) == ("picture", "ZeroDivisionError: division by zero")
    assert run.known(path, root=small_book) is None


def test_the_record_has_claims_answers_and_what_it_took(small_book, path):
    record = run.known(path, root=small_book)
    assert {id: claim.value for id, claim in record.claims.items()} == {
        "claim-mean": 3.0,
        "family": 2.75,
        "family/2": 4.75,
        "claim-limit": 21.0,
    }
    assert record.seconds > 0 and record.peak_bytes > 1e7 and len(record.slowest) == 5
    assert record.answers["exercise-1"] == [
        ["stub", "○ Not answered yet.\n"],
        ["solution", "✓ Right.\n"],
        ["the mean itself", "✗ Add the mean to itself.\n"],
        ["a word", "✗ Add the mean to itself.\n"],
    ]


def test_what_the_process_holds_that_starts_it_is_not_counted(small_book, path):
    held = b"x" * 900_000_000
    assert run.recorded(path, root=small_book, anew=True).peak_bytes < len(held) / 2


def test_a_second_claim_of_a_cell_has_an_id_of_its_own(small_book, path):
    notebook = chapters.read(path)
    limit = next(cell for cell in notebook.cells if cell.id == "claim-limit")
    limit.source += '\nclaim("And it is {}.", 3, at_most=4, control=None)'
    path.write_text(chapters.to_text(notebook), "utf-8")
    assert list(run.recorded(path, root=small_book).claims)[-2:] == ["claim-limit", "claim-limit/2"]


def test_a_check_that_accepts_everything_is_noticed(small_book, path):
    change(path, r"lambda got: got == 6\.0", "lambda got: True")
    answers = run.recorded(path, root=small_book).answers["exercise-1"]
    assert [said[:1] for what, said in answers] == ["○", "✓", "✓", "✓"]


def test_what_is_remembered_is_made_once_a_key(tmp_path):
    made = iter(range(9))

    def ask(key, **options):
        return run.remembered("dice", key, lambda: [next(made), None], root=tmp_path, **options)

    assert [ask("a"), ask("a"), ask("b"), ask("b", anew=True), ask("b")] == [
        [0, None],
        [0, None],
        [1, None],
        [2, None],
        [2, None],
    ]
