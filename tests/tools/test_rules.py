"""Every chapter keeps every rule, and every rule finds the chapter that breaks it, and names the cell."""

import copy

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

import chapters
import freshness
import rules
import stored
from checkout import ROOT

BREAKS = []


def test_chapter_keeps_the_rules(chapter):
    found = list(rules.problems(rules.Chapter(f"chapters/{chapter.name}", chapters.read(chapter)), rules.Book(ROOT)))
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
    made_by_hand = chapter.notebook.metadata["bnlib"]
    if rule != "current" and rule != "readable":
        made_by_hand["hash"] = freshness.key(chapter.notebook, executed_book)
    if rule != "as_executed":
        made_by_hand["seal"] = stored.seal(chapter.notebook)
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


@breaks("cell_ids", "mean")
def _(chapter):
    get(chapter, "read-mean").id = "mean"


@breaks("cell_ids", "Read_Mean")
def _(chapter):
    get(chapter, "read-mean").id = "Read_Mean"


@breaks("cell_ids", "a1b2c3d4")
def _(chapter):
    get(chapter, "read-mean").id = "a1b2c3d4"


# What is stored


@breaks("in_its_form")
def _(chapter):
    chapter.notebook.metadata["language_info"]["version"] = "3.11.7"


@breaks("in_its_form")
def _(chapter):
    get(chapter, "run-mean").metadata["collapsed"] = True


@breaks("in_its_form")
def _(chapter):
    del get(chapter, "picture").metadata["mystnb"]


@breaks("current")
def _(chapter):
    change(chapter, "picture", "ax.plot(values)", "ax.plot(-values)")


@breaks("as_executed")
def _(chapter):
    get(chapter, "run-mean").outputs[0].text = "The mean is 3.01\n"


@breaks("as_executed")
def _(chapter):
    data = get(chapter, "sentence").outputs[0].data
    assert ">2.16<" in data["text/markdown"]
    data["text/markdown"] = data["text/markdown"].replace(">2.16<", ">3.16<")


@breaks("as_executed")
def _(chapter):
    get(chapter, "run-mean").execution_count = 99


@breaks("claims_say_what_is_stored", "claim-mean")
def _(chapter):
    data = get(chapter, "claim-mean").outputs[0].data
    assert '**<span class="measured">3.00</span>**' in data["text/markdown"]
    data["text/markdown"] = data["text/markdown"].replace(">3.00<", ">30.0<")


@breaks("claims_say_what_is_stored", "claim-mean")
def _(chapter):
    data = get(chapter, "claim-mean").outputs[0].data
    data["text/markdown"] = data["text/markdown"].replace("theory ±", "at most")


# The anatomy


@breaks("opening", "title")
def _(chapter):
    change(chapter, "title", "# Example", "**Example**")


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
    change(chapter, "title", "What you need: nothing.", "")


@breaks("opening", "title")
def _(chapter):
    change(chapter, "title", "nothing.", "nothing. About 5 minutes.")


@breaks("opening", "title")
def _(chapter):
    change(chapter, "setting", "**Setting.**", "Setting.")


@breaks("opening", "title")
def _(chapter):
    box = get(chapter, "setting")
    chapter.cells.remove(box)
    insert(chapter, "practice", box)


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
    change(chapter, "run-mean", "print", "import math\nprint")


@breaks("imports_second", "imports")
def _(chapter):
    get(chapter, "imports").metadata = NotebookNode()


@breaks("predictions")
def _(chapter):
    drop(chapter, "predict-mean", "predict-larger")


@breaks("predictions", "predict-mean")
def _(chapter):
    change(chapter, "predict-mean", "None", "3")


@breaks("predictions", "predict-mean")
def _(chapter):
    change(chapter, "run-mean", "reveal(guess_mean,", "reveal(None,")


@breaks("predictions", "predict-mean")
def _(chapter):
    change(chapter, "run-mean", "values.mean())", "3.0)")


@breaks("predictions", "predict-larger")
def _(chapter):
    change(chapter, "run-larger", ", options_larger)", ")")


@breaks("predictions", "predict-larger")
def _(chapter):
    change(chapter, "predict-larger", "one of the options", "it rises, or it falls")


@breaks("predictions", "predict-mean")
def _(chapter):
    change(chapter, "run-mean", "reveal(guess_mean, values.mean())", "")
    change(chapter, "run-larger", "reveal(", "reveal(guess_mean, values.mean())\nreveal(")


@breaks("closing_sections", "practice")
def _(chapter):
    change(chapter, "practice", "In practice", "In Practice")


@breaks("exercises", "exercise-1-check")
def _(chapter):
    drop(chapter, "exercise-1-stub")


@breaks("exercises", "experiment-answer")
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


@breaks("exercises", "exercise-1-check")
def _(chapter):
    stub = get(chapter, "exercise-1-stub")
    chapter.cells.remove(stub)
    insert(chapter, "practice", stub)


@breaks("exercises", "between")
def _(chapter):
    insert(chapter, "exercise-1-stub", new_markdown_cell("Between.", id="between"))


@breaks("exercises", "references")
def _(chapter):
    drop(chapter, "experiment", "experiment-code", "experiment-answer")


@breaks("exercises", "experiment")
def _(chapter):
    cells = [get(chapter, f"experiment{part}") for part in ("", "-code", "-answer")]
    for cell in cells:
        chapter.cells.remove(cell)
    for cell in cells:
        insert(chapter, "practice", cell)


@breaks("exercises", "experiment-answer")
def _(chapter):
    change(chapter, "experiment-answer", "<details>", "")


@breaks("closing_scoreboard", "saw")
def _(chapter):
    change(chapter, "saw-table", "scoreboard()", 'print("nothing")')


@breaks("claims_have_controls", "claim-mean")
def _(chapter):
    change(chapter, "claim-mean", 'control=("their median", np.median(values)),', "")


@breaks("limits_are_measured")
def _(chapter):
    get(chapter, "claim-limit").source = "print(values)"


@breaks("has_slider")
def _(chapter):
    get(chapter, "slider").source = "print(values)"


# The words


@breaks("short_enough")
def _(chapter):
    (shown,) = get(chapter, "family").outputs
    shown.metadata.claims = shown.metadata.claims * 8


@breaks("short_enough")
def _(chapter):
    add(chapter, "read-mean", "word " * 4500)


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
    change(chapter, "read-mean", "(example.ipynb)", "(example.ipynb#no-such-claim)")


@breaks("links_lead_somewhere", "read-mean")
def _(chapter):
    change(chapter, "read-mean", "(example.ipynb)", "(../../elsewhere.md)")


@breaks("references_known", "references")
def _(chapter):
    add(chapter, "references", "- [Unknown](https://doi.org/10.1000/182)")


@breaks("citations_listed", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "So say [others](https://doi.org/10.1000/182).")


TYPED = [
    "The mean was 3.14 in our run.",
    "It lags about 9 batches behind.",
    "It lags 69 batches behind.",
    "Of all digits 77% are read.",
    "Of all digits 77 per cent are read.",
    "That is 9× as many.",
    "That is nine times as many.",
    "It is twenty-five times the other.",
    "They differ by 1e-3.",
    "It needs ninefold the steps.",
    "It lost two percentage points.",
]
for sentence in TYPED:
    breaks("no_typed_numbers", "read-mean")(lambda chapter, sentence=sentence: add(chapter, "read-mean", sentence))

ALLOWED = [
    "It is $9$ times the other, and $3.0$ is $\\tfrac12$ of $6$.",
    "Theorem 4.1 says so, and Section 3.",
    'They write "which cost 0.5 points".',
    "The three are 1, 2 and 6; after 6 steps.",
    "About 5 minutes.",
]


@pytest.mark.parametrize("sentence", ALLOWED)
def test_a_number_that_may_be_typed(executed_book, sentence):
    chapter = copy.deepcopy(rules.Book(executed_book).chapters[0])
    add(chapter, "read-mean", sentence)
    add(chapter, "run-practice", "steps = 6")
    assert list(rules.no_typed_numbers(chapter, None)) == []


@breaks("letters_explained", "read-mean")
def _(chapter):
    add(chapter, "read-mean", r"Its mean is $\hat{q}$.")


@breaks("letters_explained", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "$$\n\\mu = \\tfrac12 \\rho\n$$")


@breaks("no_typed_numbers_in_alt_texts", "picture")
def _(chapter):
    change(chapter, "picture", "whose mean is {mean}", "whose mean is 3.0")


@breaks("no_typed_numbers_in_alt_texts", "picture")
def _(chapter):
    change(chapter, "picture", "whose mean is {mean}", "which took 69 batches")


@breaks("no_typed_numbers_in_alt_texts", "slider")
def _(chapter):
    change(chapter, "slider", "moved up by {shift}", "moved up nine times")


@breaks("no_typed_numbers_in_alt_texts", "picture")
def _(chapter):
    change(chapter, "picture", "fig, ax =", 'words = "whose mean is 3.0."\nfig, ax =')
    change(chapter, "picture", 'alt=f"A line that rises from 1 to 6, whose mean is {mean}."', "alt=words")


@breaks("no_typed_numbers_in_alt_texts", "picture")
def _(chapter):
    change(chapter, "picture", "Their mean is {mean}", "Their mean is 3.0")


@breaks("no_typed_numbers_in_alt_texts", "slider")
def _(chapter):
    change(chapter, "slider", "the shape stays", "nine times")


@breaks("words_of_the_glossary", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "That is, for instance, so.")


@breaks("words_of_the_glossary", "read-mean")
def _(chapter):
    add(chapter, "read-mean", "The Ex is small.")


def test_parts_of_words_and_code_are_no_words_of_the_glossary(executed_book):
    book = rules.Book(executed_book)
    chapter = copy.deepcopy(book.chapters[0])
    add(chapter, "read-mean", "Exactly the `Ex`, a non-Ex and $Ex$.")
    assert list(rules.words_of_the_glossary(chapter, book)) == []


# The code


@breaks("short_cells", "run-mean")
def _(chapter):
    add(chapter, "run-mean", "values = values\n" * 11)


@breaks("short_cells", "run-mean")
def _(chapter):
    add(chapter, "run-mean", "values.mean();")


@breaks("short_cells", "picture")
def _(chapter):
    add(chapter, "picture", "values = values\n" * 30)


@breaks("short_cells", "run-mean")
def _(chapter):
    add(chapter, "run-mean", "wide = " + " + ".join(["values"] * 10))


@breaks("folded_everywhere", "claim-mean")
def _(chapter):
    get(chapter, "claim-mean").metadata = NotebookNode()


@breaks("folded_everywhere", "claim-mean")
def _(chapter):
    get(chapter, "claim-mean").metadata = NotebookNode(tags=["hide-input"])


@breaks("folded_everywhere", "run-mean")
def _(chapter):
    get(chapter, "run-mean").metadata = NotebookNode(jupyter={"source_hidden": True})


@breaks("folded_everywhere", "sentence")
def _(chapter):
    del get(chapter, "sentence").outputs[0].data["text/markdown"]


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
tuned("return abs(rate - 2)", "return later(rate)")
tuned("tuning_seeds", "others")


@breaks("tuned_rates", "rates")
def _(chapter):
    insert(chapter, "stops", new_code_cell("tuned = {}", id="rates"))


def test_tuned_rates_that_keep_the_rule(executed_book):
    chapter = copy.deepcopy(rules.Book(executed_book).chapters[0])
    insert(chapter, "stops", new_code_cell(TUNED, id="tuned"))
    assert list(rules.tuned_rates(chapter, None)) == []


@breaks("no_data_paths", "run-mean")
def _(chapter):
    add(chapter, "run-mean", 'open("../data.csv")')
