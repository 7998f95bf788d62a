"""Each exercise's check says ✓ to its solution, ○ to its stub and ✗ to wrong answers.

The wrong answers of a chapter are in ``wrong_answers/<chapter>.py``, in blocks headed ``# %% exercise-1 what is wrong``.
"""

import re
from collections import Counter
from pathlib import Path

import notebooks
import pytest
from kernels import Kernel, texts
from rules import python_blocks

HERE = Path(__file__).parent


class Reader(Kernel):
    """A kernel in which a chapter has been run, where answers are tried one after the other."""

    def __init__(self, path):
        super().__init__(path.parent)
        self.cells = {cell.id: cell for cell in notebooks.read(path).cells}
        for cell in self.cells.values():
            if cell.cell_type == "code":
                self.run(cell.source)

    def answer(self, exercise, source):
        """What the check says to this answer, in the place of the stub."""
        self.run(source)
        (said,) = texts(self.run(self.cells[f"{exercise}-check"].source))["stdout"]
        self.run(self.cells[f"{exercise}-stub"].source)
        return said


@pytest.fixture(scope="module")
def reader_of():
    """A chapter's reader by the chapter's path, started when first asked for."""
    started = {}

    def reader(path):
        if path not in started:
            started[path] = Reader(path)
        return started[path]

    yield reader
    for reader in started.values():
        reader.close()


def exercises(path):
    """Names of a chapter's exercises."""
    return re.findall(r"\bexercise-\d+(?=-stub\b)", " ".join(cell.id for cell in notebooks.read(path).cells))


def wrong_answers(path):
    """(exercise, what is wrong, source) of each wrong answer to a chapter."""
    path = HERE / f"wrong_answers/{path.stem}.py"
    blocks = re.split(r"^# %% (exercise-\d+) (.+)\n", path.read_text("utf-8"), flags=re.M)[1:] if path.exists() else []
    return list(zip(blocks[::3], blocks[1::3], blocks[2::3], strict=True))


CHAPTERS = notebooks.chapter_paths()
EXERCISES = [(path, name) for path in CHAPTERS for name in exercises(path)]
WRONG = [(path, *wrong) for path in CHAPTERS for wrong in wrong_answers(path)]


@pytest.mark.parametrize("path, exercise", EXERCISES, ids=[f"{path.stem} {name}" for path, name in EXERCISES])
def test_the_stub_is_no_answer_and_the_solution_is_right(reader_of, path, exercise):
    reader = reader_of(path)
    stub, solution = reader.cells[f"{exercise}-stub"].source, reader.cells[f"{exercise}-solution"].source
    assert re.search("^○", reader.answer(exercise, stub), re.M)
    assert re.search("^✓", reader.answer(exercise, *python_blocks(solution)), re.M)


@pytest.mark.parametrize("path, exercise, what, source", WRONG, ids=[f"{w[0].stem} {w[1]} {w[2]}" for w in WRONG])
def test_a_wrong_answer_is_wrong(reader_of, path, exercise, what, source):
    assert re.search("^✗", reader_of(path).answer(exercise, source), re.M)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_exercise_has_two_wrong_answers(path):
    counts = Counter(exercise for exercise, _, _ in wrong_answers(path))
    assert not set(counts) - set(exercises(path)), (
        "there are wrong answers to an exercise that the chapter does not have"
    )
    assert {name: counts[name] for name in exercises(path) if counts[name] < 2} == {}, (
        "expected two wrong answers at least"
    )


def test_a_check_that_accepts_everything_is_noticed(reader_of, small_book):
    reader = reader_of(small_book / "chapters/example.ipynb")
    assert reader.answer("exercise-1", "double = 5.0").startswith("✗ Add, then divide.")
    reader.cells["exercise-1-check"].source = 'check(lambda: double, (lambda got: True, "Never said."))'
    assert reader.answer("exercise-1", "double = 5.0").startswith("✓")
