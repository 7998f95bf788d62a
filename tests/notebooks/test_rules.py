"""Every chapter keeps every rule, and every rule finds the chapter that breaks it, and names the cell."""

import copy
import shutil

import notebooks
import pytest
import rules
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from notebooks import ROOT, WIDGET_STATE, WIDGET_VIEW

BREAKS = []


@pytest.mark.parametrize("path", notebooks.chapter_paths(), ids=lambda path: path.stem)
def test_chapter_keeps_the_rules(path):
    chapter = rules.Chapter(path.relative_to(ROOT).as_posix(), notebooks.read(path))
    found = list(rules.problems(chapter, rules.Book(ROOT)))
    assert not found, "\n" + "\n".join(found)


def test_example_keeps_the_rules(executed_book):
    book = rules.Book(executed_book)
    assert list(rules.problems(book.chapters[0], book)) == []


def test_every_rule_has_a_break():
    assert {rule.__name__ for rule in rules.RULES} == {name for name, _, _ in BREAKS}


def breaks(rule, cell=None):
    """Register a function that breaks this rule, in this cell, in the notebook or chapter it is given."""
    return lambda function: BREAKS.append((rule, cell, function))


@pytest.mark.parametrize("rule, cell, function", BREAKS, ids=[f"{name}-{n}" for n, (name, _, _) in enumerate(BREAKS)])
def test_rule_finds_what_breaks_it(rule, cell, function, executed_book):
    book = rules.Book(executed_book)
    chapter = copy.deepcopy(book.chapters[0])
    function(chapter)
    book.chapters = [chapter]
    if rule != "current":
        chapter.notebook.metadata["bnlib"]["hash"] = notebooks.current_hash(chapter.notebook, executed_book)
    lines = list(rules.problems(chapter, book))
    where = chapter.name + (": " if cell is None else f" cell {cell}: ")
    assert lines and all(line.endswith(f" [{rule}]") for line in lines), lines
    assert any(line.startswith(where) for line in lines), lines


def get(chapter, id):
    return next(cell for cell in chapter.cells if cell.id == id)


def change(chapter, id, old, new):
    cell = get(chapter, id)
    assert old in cell.source
    cell.source = cell.source.replace(old, new)


def add(chapter, id, text):
    get(chapter, id).source += f"\n\n{text}"


def drop(chapter, *ids):
    chapter.notebook.cells = [cell for cell in chapter.cells if cell.id not in ids]
    count_again(chapter)


def count_again(chapter):
    for count, cell in enumerate(chapter.code, 1):
        cell.execution_count = count
        for output in cell.get("outputs", []):
            if "execution_count" in output:
                output.execution_count = count


def insert(chapter, before, cell):
    chapter.cells.insert(chapter.cells.index(get(chapter, before)), cell)
    count_again(chapter)


# The file


@breaks("readable", "run-mean")
def _(chapter):
    get(chapter, "run-mean").outputs[0].output_type = "sound"


@breaks("readable", "(no id)")
def _(chapter):
    del get(chapter, "run-mean")["id"]


@breaks("readable", "run-mean")
def _(chapter):
    change(chapter, "run-mean", "values.mean())", "values.mean(")


@breaks("readable")
def _(chapter):
    chapter.notebook.cells = chapter.markdown


@breaks("file_name")
def _(chapter):
    chapter.name = "chapters/01-example.ipynb"


@breaks("file_name")
def _(chapter):
    chapter.name = "chapters/another.ipynb"


@breaks("size", "picture")
def _(chapter):
    get(chapter, "picture").outputs[0].data["image/png"] += "A" * 1_600_000


@breaks("short_metadata")
def _(chapter):
    chapter.notebook.metadata["language_info"]["version"] = "3.11.7"


@breaks("short_metadata", "run-mean")
def _(chapter):
    get(chapter, "run-mean").metadata["collapsed"] = True


@breaks("short_metadata", "picture")
def _(chapter):
    get(chapter, "picture").outputs[0].metadata["needs_background"] = "light"


@breaks("cell_ids", "mean")
def _(chapter):
    get(chapter, "read-mean").id = "mean"


@breaks("cell_ids", "Read_Mean")
def _(chapter):
    get(chapter, "read-mean").id = "Read_Mean"


@breaks("cell_ids", "a1b2c3d4")
def _(chapter):
    get(chapter, "read-mean").id = "a1b2c3d4"


@breaks("no_package_of_another", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "    pip " + "install bnlib")  # what no reader may ever be told


# What is stored


@breaks("executed_in_order", "run-mean")
def _(chapter):
    get(chapter, "run-mean").execution_count = None


@breaks("executed_in_order", "picture")
def _(chapter):
    get(chapter, "picture").execution_count = 99


@breaks("executed_in_order", "saw-table")
def _(chapter):
    get(chapter, "saw-table").outputs[0].execution_count = 99


@breaks("outputs_present", "run-mean")
def _(chapter):
    get(chapter, "run-mean").outputs = []


@breaks("no_errors", "run-mean")
def _(chapter):
    get(chapter, "run-mean").outputs.append(new_output("error", ename="NameError", evalue="x", traceback=[]))


@breaks("no_errors", "run-mean")
def _(chapter):
    get(chapter, "run-mean").outputs.append(new_output("stream", name="stderr", text="a warning"))


@breaks("current")
def _(chapter):
    change(chapter, "picture", "ax.plot(values)", "ax.plot(-values)")


@breaks("alt_texts", "picture")
def _(chapter):
    del get(chapter, "picture").outputs[0].metadata["alt"]


@breaks("alt_texts", "picture")
def _(chapter):
    get(chapter, "picture").outputs[0].metadata["alt"] += " <span>3</span>"


@breaks("alt_texts", "picture")
def _(chapter):
    del get(chapter, "picture").metadata["mystnb"]


@breaks("alt_texts", "picture")
def _(chapter):
    get(chapter, "picture").outputs *= 2


@breaks("few_digits", "run-mean")
def _(chapter):
    get(chapter, "run-mean").outputs[0].text += "and the third of it 1.3333333333333333\n"


@breaks("claim_ids", "claim-mean")
def _(chapter):
    get(chapter, "claim-mean").outputs[0].metadata["claim"]["id"] = "Mean of three"


@breaks("claim_ids", "claim-mean")
def _(chapter):
    get(chapter, "claim-mean").outputs *= 2


def test_claim_ids_are_unique_in_the_book(small_book):
    shutil.copy(small_book / "chapters/example.ipynb", small_book / "chapters/other.ipynb")
    book = rules.Book(small_book)
    (problem,) = rules.problems(book.chapters[0], book, [rules.claim_ids])
    assert problem.startswith("chapters/example.ipynb cell claim-mean: ") and "chapters/other.ipynb" in problem


# The anatomy


@breaks("opening", "title")
def _(chapter):
    change(chapter, "title", "# An example", "**An example**")


@breaks("opening", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "# A second title")


@breaks("opening", "title")
def _(chapter):
    change(chapter, "title", "a mean do?", "a mean do.")


@breaks("opening", "title")
def _(chapter):
    change(chapter, "title", "What does", "Here is one. What does")


@breaks("opening", "title")
def _(chapter):
    change(chapter, "title", "- doubt a mean.\n", "- doubt a mean;\n- and another.\n")


@breaks("opening", "title")
def _(chapter):
    change(chapter, "title", "- doubt a mean.\n", "")


@breaks("opening", "title")
def _(chapter):
    change(chapter, "title", "What you need: nothing. ", "")


@breaks("opening", "title")
def _(chapter):
    change(chapter, "title", "minutes", "moments")


@breaks("setup", "setup")
def _(chapter):
    change(chapter, "setup", "--no-deps ", "")


@breaks("setup", "setup")
def _(chapter):
    get(chapter, "setup").metadata["tags"] = []


@breaks("imports_second", "imports")
def _(chapter):
    change(chapter, "imports", "import matplotlib", "plots = True\nimport matplotlib")


@breaks("imports_second", "run-mean")
def _(chapter):
    change(chapter, "run-mean", "values = ", "import math\nvalues = ")


@breaks("predictions")
def _(chapter):
    drop(chapter, "predict-mean")


@breaks("predictions", "predict-mean")
def _(chapter):
    change(chapter, "predict-mean", "None", "3")


@breaks("predictions", "predict-mean")
def _(chapter):
    change(chapter, "run-mean", "reveal(guess,", "reveal(None,")


@breaks("has_slider")
def _(chapter):
    del get(chapter, "slider").outputs[0].data[WIDGET_VIEW]


@breaks("slider_weight", "slider")
def _(chapter):  # many frames
    stack = next(m for m in notebooks.widget_models(chapter.notebook).values() if m.model_name == "StackModel")
    stack.state.children *= 9


@breaks("slider_weight", "slider")
def _(chapter):  # heavy ones, which compress well
    change_frame(chapter, "</svg>", "<path/>" * 90_000 + "</svg>")


@breaks("slider_weight", "slider")
def _(chapter):  # dense ones, which do not
    change_frame(chapter, "</svg>", "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(20_000)) + "</svg>")


@breaks("slider_pictures", "slider")
def _(chapter):
    change_frame(chapter, "</g>", "")


@breaks("slider_pictures", "slider")
def _(chapter):
    change_frame(chapter, "aria-label=", "data-label=")


def change_frame(chapter, old, new):
    frame = next(m for m in notebooks.widget_models(chapter.notebook).values() if m.model_name == "HTMLModel")
    assert old in frame.state.value
    frame.state.value = frame.state.value.replace(old, new, 1)


@breaks("slider_weight", "slider")
def _(chapter):  # none at all: the page would show nothing
    chapter.notebook.metadata["widgets"][WIDGET_STATE]["state"] = {}


@breaks("closing_sections", "practice")
def _(chapter):
    change(chapter, "practice", "In practice", "In Practice")


@breaks("exercises", "exercise-1-check")
def _(chapter):
    drop(chapter, "exercise-1-stub")


@breaks("exercises", "exercise-1-solution")
def _(chapter):
    drop(chapter, "exercise-2", "exercise-2-stub", "exercise-2-check", "exercise-2-solution")


@breaks("exercises", "exercise-2-check")
def _(chapter):
    get(chapter, "exercise-2-check").source = "print(half == 1.5)"


@breaks("exercises", "exercise-1-solution")
def _(chapter):
    change(chapter, "exercise-1-solution", "```python", "```")


@breaks("exercises", "exercise-3")
def _(chapter):
    insert(chapter, "practice", new_markdown_cell("**3.** Out of place.", id="exercise-3"))


@breaks("claims_in_a_table", "saw")
def _(chapter):
    change(chapter, "saw-table", "claims_table()", 'print("nothing")')


# The words


@breaks("plain_markdown", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "```{note}\nA directive.\n```")


@breaks("plain_markdown", "read-mean")
def _(chapter):
    add(chapter, "read-mean", ":::{note}\nAnother.\n:::")


@breaks("plain_markdown", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "As {cite}`ioffe2015` says.")


@breaks("plain_markdown", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "(a-label)=\nLabelled.")


@breaks("plain_markdown", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "$$\na = b\n$$ (equation)")


@breaks("little_html", "read-mean")
def _(chapter):
    add(chapter, "read-mean", '<div class="note">A box.</div>')


@breaks("little_html", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "A word in <b>bold</b>.")


@breaks("links_lead_somewhere", "read-mean")
def _(chapter):
    change(chapter, "read-mean", "(example.ipynb)", "(missing.ipynb)")


@breaks("links_lead_somewhere", "read-mean")
def _(chapter):
    change(chapter, "read-mean", "(example.ipynb)", "(#A-mean)")


@breaks("links_lead_somewhere", "read-mean")
def _(chapter):
    change(chapter, "read-mean", "(example.ipynb)", "(../../elsewhere.md)")


@breaks("references_known", "references")
def _(chapter):
    add(chapter, "references", "- [Unknown](https://doi.org/10.1000/182)")


@breaks("citations_listed", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "So say [others](https://doi.org/10.1000/182).")


@breaks("no_typed_numbers", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "The mean was 3.14 in our run.")


# The code


@breaks("short_cells", "run-mean")
def _(chapter):
    add(chapter, "run-mean", "values = values\n" * 10)


@breaks("short_cells", "nothing")
def _(chapter):
    insert(chapter, "stops", new_code_cell("", id="nothing"))


TUNED = """\
tuned = {"plain": 2.0}
grid, tuning_seeds, seeds = [1.0, 2.0, 4.0], range(10, 13), range(5)


def score(name, rate, seed):
    return abs(rate - 2)"""


def tuned(old="", new=""):
    """Register a chapter with tuned rates, in which ``old`` has been replaced by ``new``."""
    assert old in TUNED

    @breaks("tuned_rates", "tuned")
    def _(chapter):
        insert(chapter, "stops", new_code_cell(TUNED.replace(old, new), id="tuned"))


tuned('{"plain": 2.0}', '{"plain": 4.0}')
tuned('{"plain": 2.0}', '{"plain": 3.0}')
tuned('{"plain": 2.0}', '{"plain": values.mean()}')
tuned("[1.0, 2.0, 4.0]", "[4.0, 2.0, 1.0]")
tuned("range(5)", "range(11)")
tuned("def score", "def loss")
tuned("tuning_seeds", "others")


@breaks("tuned_rates", "rates")
def _(chapter):
    insert(chapter, "stops", new_code_cell("tuned = {}", id="rates"))


def test_tuned_rates_that_keep_the_rule(executed_book):
    chapter = copy.deepcopy(rules.Book(executed_book).chapters[0])
    insert(chapter, "stops", new_code_cell(TUNED, id="tuned"))
    assert list(rules.tuned_rates(chapter, None)) == []


@breaks("sentence_cells", "second-sentence")
def _(chapter):
    second = copy.deepcopy(get(chapter, "sentence"))
    second.id = "second-sentence"
    insert(chapter, "practice", second)


@breaks("sentence_cells", "sentence")
def _(chapter):
    get(chapter, "sentence").metadata = NotebookNode(tags=["remove-input"])


@breaks("sentence_cells", "sentence")
def _(chapter):
    del get(chapter, "sentence").outputs[0].data["text/markdown"]


@breaks("no_data_paths", "run-mean")
def _(chapter):
    add(chapter, "run-mean", 'open("../data.csv")')
