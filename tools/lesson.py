"""What a chapter asks of its reader: the statements it tells, those it folds, and the minutes it takes.

The page, the rules and `make measure` count by these functions alone; they need neither torch nor NumPy.
"""

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}  # the tags of cells whose code is not shown
MOST_TOLD, MOST_MINUTES = 15, 45
WORDS_A_MINUTE = 100
LINES_A_MINUTE = 12
MINUTES = {"claim": 0.2, "formula": 2, "exercise": 6, "experiment": 15}

MARKDOWN = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)


def claims(notebook):
    """The stored records of all claims, in the order of the chapter."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [record for output in outputs for record in output.get("metadata", {}).get("claims", [])]


def told(notebook):
    """The records of the claims that the reader meets."""
    return [record for record in claims(notebook) if not record["folded"]]


def folded(notebook):
    """The records of the claims behind a fold."""
    return [record for record in claims(notebook) if record["folded"]]


def minutes(notebook):
    """Whole minutes: to read what is shown, and with all code, folded claims and exercises.

    Shown are the prose, but for the references and what is in ``<details>``; code that no tag folds, in cells or in the
    prose; told claims; displayed formulas.
    """
    words, formulas, shown_lines = prose(notebook)
    folded_lines = 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if FOLDED & set(cell.metadata.get("tags", [])):
                folded_lines += lines(cell.source)
            else:
                shown_lines += lines(cell.source)
    exercises = [cell for cell in notebook.cells if re.fullmatch(r"exercise-\d+", cell.get("id", ""))]
    experiments = [cell for cell in notebook.cells if cell.get("id") == "experiment"]
    read = words / WORDS_A_MINUTE + shown_lines / LINES_A_MINUTE
    read += MINUTES["claim"] * len(told(notebook)) + MINUTES["formula"] * formulas
    whole = read + folded_lines / LINES_A_MINUTE + MINUTES["claim"] * len(folded(notebook))
    whole += MINUTES["exercise"] * len(exercises) + MINUTES["experiment"] * len(experiments)
    return round(read), round(whole)


def prose(notebook):
    """Words, displayed formulas and lines of code in the Markdown that is shown."""
    words = formulas = code = 0
    for token in shown_markdown(notebook):
        if token.type in ("text", "code_inline", "math_inline", "math_inline_double"):
            words += count_words(token.content)
        elif token.type == "math_block":
            formulas += 1
        elif token.type == "fence":
            code += lines(token.content)
    return words, formulas, code


def shown_markdown(notebook):
    """The tokens of the Markdown cells, inline ones included, without the references and what is in ``<details>``."""
    in_references = False
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        depth = 0  # within how many <details>
        for before, token in pairwise([None, *parsed(cell.source)]):
            if before and before.type == "heading_open" and before.tag in ("h1", "h2"):
                in_references = token.content.strip() == "References"
            if token.type in ("html_block", "html_inline"):
                depth += len(re.findall(r"<details\b", token.content)) - token.content.count("</details>")
            elif not depth and not in_references:
                yield token


def parsed(source):
    """A Markdown text's tokens, inline ones after the block that holds them, in order."""
    for token in MARKDOWN.parse(source):
        yield token
        yield from token.children or []


def count_words(text):
    """How many words: what stands between spaces and has a letter or a digit in it, in a formula too."""
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def lines(source):
    """How many lines of code that are not empty."""
    return sum(bool(line.strip()) for line in source.splitlines())
