"""What a chapter asks of its reader, counted on chapters of a few cells."""

import subprocess
import sys

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

import lesson
from checkout import ROOT


def notebook(*cells):
    return NotebookNode(cells=cells)


def markdown(source, id="text"):
    return new_markdown_cell(source, id=id)


def code(source, *tags, claims=()):
    metadata = {"claims": [{"folded": folded} for folded in claims]} if claims else {}
    output = new_output("display_data", {"text/plain": ""}, metadata=metadata)
    return new_code_cell(source, metadata={"tags": list(tags)}, outputs=[output])


@pytest.mark.parametrize(
    ("source", "words", "formulas", "lines"),
    [
        ("One two, three – four.", 4, 0, 0),
        ("## A heading\n\nand a [link](https://example.org/a-b).", 5, 0, 0),
        ("| a | b |\n| --- | --- |\n| one | two three |", 5, 0, 0),
        ("Where $\\mu = 3$, `np.mean(x)` is 3.", 6, 0, 0),
        ("Then\n\n$$\na = b\n$$\n\nand\n\n$$a \\\\ b$$\n", 2, 2, 0),
        ("```python\na = 1\n\nb = 2\n```", 0, 0, 2),
        ("<details><summary>More</summary>\n\nfive words that nobody counts\n\n$$a$$\n\n</details>\n\nshown", 1, 0, 0),
        ("<details>\n\na\n\n<details>\n\nb\n\n</details>\n\nc\n\n</details>\n\nshown", 1, 0, 0),
        ('A <span class="x">span</span><br>\nends', 3, 0, 0),
        ("", 0, 0, 0),
    ],
)
def test_what_is_shown_is_counted(source, words, formulas, lines):
    assert lesson.prose(notebook(markdown(source))) == (words, formulas, lines)


def test_references_are_not_counted_whatever_cell_they_are_in():
    cells = markdown("One.\n\n## References\n\n- A paper."), markdown("- Another."), markdown("## After\n\nit")
    assert lesson.prose(notebook(*cells))[0] == 3


def test_claims_are_told_or_folded():
    book = notebook(code("claim(…)", claims=[False]), code("claim_table(…)", claims=[True, True]), code("plain"))
    assert (len(lesson.told(book)), len(lesson.folded(book))) == (1, 2)


def test_minutes_add_up():
    words, formula, shown = markdown("word " * 500), markdown("$$a$$"), code("a\n\n" * 24)
    assert lesson.minutes(notebook(words)) == (5, 5)
    assert lesson.minutes(notebook(formula)) == (2, 2)
    assert lesson.minutes(notebook(shown)) == (2, 2)
    assert lesson.minutes(notebook(code("", claims=[False] * 10))) == (2, 2)
    assert lesson.minutes(notebook(words, formula, shown, code("", claims=[False] * 10))) == (11, 11)


@pytest.mark.parametrize("tag", ["hide-input", "hide-cell", "remove-input"])
def test_what_is_folded_belongs_to_the_whole(tag):
    assert lesson.minutes(notebook(code("a\n" * 36, tag))) == (0, 3)
    assert lesson.minutes(notebook(code("", tag, claims=[True] * 10))) == (0, 2)


def test_exercises_and_the_experiment_take_their_time():
    cells = [markdown("", id) for id in ("exercise-1", "exercise-1-solution", "exercise-2", "experiment-answer")]
    assert lesson.minutes(notebook(*cells)) == (0, 12)
    assert lesson.minutes(notebook(markdown("", "experiment"))) == (0, 15)


def test_a_page_can_count_without_torch_and_numpy():
    code = "import sys; sys.path.insert(0, 'tools'); import lesson; print({'torch', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
