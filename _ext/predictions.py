"""Predictions that ask: a form in place of the cell to predict in, and a veil over what answers it.

The form is hidden, and the veil open, until book.js turns them round: without it all is shown as in the notebook.
"""

import json
from html import escape

from docutils import nodes

from cells import pairs, raw


def ask(doctree, notebook, page):
    """Put a form for each prediction, and veil what follows it in its section."""
    found = [node for node, _ in pairs(doctree, notebook)]
    containers = {index: node for node in found for index in (node["cell_index"], *node.get("holds", []))}
    asked = None
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.id.startswith("predict-"):
            asked = index
        for output in cell.get("outputs", []):
            prediction = output.get("metadata", {}).get("prediction")
            if asked is not None and prediction and asked in containers:
                name = notebook.cells[asked].id
                if veil(containers[asked], containers.get(index), name, notebook):
                    containers[asked]["classes"].append("predict-code")
                    containers[asked].parent.insert(
                        containers[asked].parent.index(containers[asked]), raw(form(name, page, prediction))
                    )
                asked = None  # one cell asks once
    for node, cell in pairs(doctree, notebook):
        if cell.id == "saw-table":
            node.insert(0, raw(SCORE))


SCORE = '<p class="score" hidden><span></span> <button type="button" class="choice">Forget my guesses</button></p>'


def form(name, page, prediction):
    """The question's options as buttons, or a field for a number; and where the result is said."""
    wanted = {key: prediction[key] for key in ("truth", "value", "within", "tol")}
    if prediction["options"]:
        asked = "Your prediction"
        options = [escape(option) for option in prediction["options"]]
        answers = [f'<button type="button" class="choice" value="{option}">{option}</button>' for option in options]
    else:
        asked = "Your prediction, a number"
        answers = [f'<input type="text" inputmode="decimal" autocomplete="off" aria-label="{asked}">']
        answers.append('<button type="submit" class="choice">Commit</button>')
    answers.append('<button type="button" class="show-me">Show me</button>')
    return (
        f'<form class="predict" hidden data-name="{page}/{name}" data-veil="veil-{name}"'
        f' data-prediction="{escape(json.dumps(wanted, ensure_ascii=False))}">'
        f"<fieldset><legend>{asked}. What was measured is shown when you commit.</legend>{''.join(answers)}</fieldset>"
        '<p class="predict-said" role="status" tabindex="-1"></p></form>'
    )


def veil(cell, answer, name, notebook):
    """Put what follows a cell into a box: the answer, and the rest of the section, which builds on it; whether it could.

    The box ends before the next heading, the next question, or an exercise.
    """
    siblings = cell.parent.children
    start = siblings.index(cell) + 1
    end = next((n + 1 for n in range(start, len(siblings)) if contains(siblings[n], answer)), None)
    in_opening = isinstance(cell.parent.parent, nodes.document)
    if end is None or (in_opening and isinstance(siblings[end - 1], nodes.section)):
        return False
    while end < len(siblings) and not isinstance(siblings[end], nodes.section):
        if asks(siblings[end]) or begins_exercise(siblings[end], notebook):
            break
        end += 1
    box = nodes.container("", *siblings[start:end], classes=["veil"], ids=[f"veil-{name}"])
    cell.parent.children[start:end] = [box]
    box.parent = cell.parent
    return True


def begins_exercise(node, notebook):
    line = node.line or next((part.line for part in node.findall() if part.line), None)
    index = node.get("cell_index") if isinstance(node, nodes.container) else None
    if index is None and line is not None:
        index = line // 10_000 - 1  # myst-nb gives each cell ten thousand lines, from the first ten thousand on
    return index is not None and notebook.cells[index].get("id", "").startswith(("exercise-", "experiment"))


def contains(node, other):
    return any(part is other for part in node.findall())


def asks(node):
    return isinstance(node, nodes.paragraph) and node.astext().startswith("Predict.")
