"""The smallest chapter that keeps every rule: tests break one thing in it at a time."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

REFERENCES = """\
@inproceedings{ioffe2015,
  title = {Batch normalization},
  author = {Ioffe, Sergey and Szegedy, Christian},
  booktitle = {International Conference on Machine Learning},
  year = {2015},
  eprint = {1502.03167},
  archiveprefix = {arXiv},
}
"""

HIDDEN = {"tags": ["remove-input"], "jupyter": {"source_hidden": True}}

TITLE = """\
# An example

**What does a mean do?**

You will be able to

- compute a mean;
- draw a mean,
  also in colour;
- doubt a mean.

What you need: nothing. About 5 minutes."""

IMPORTS = """\
import matplotlib.pyplot as plt
import numpy as np

from bnlib.claims import claim, claims_table, measured, table
from bnlib.exercises import check, reveal
from bnlib.figures import figure
from bnlib.widgets import frame_slider"""

MEAN = """\
values = np.array([1.0, 2.0, 6.0])
print(f"The mean is {values.mean():.2f}")
reveal(guess, values.mean())"""

FIGURE = """\
fig, ax = plt.subplots()
ax.plot(values)
figure(fig, alt=f"A line that rises from 1 to 6, whose mean is {measured(values.mean())}.")"""

SLIDER = """\
def draw(shift):
    fig, ax = plt.subplots()
    ax.plot(values + shift)
    return fig, f"A rising line, moved up by {shift}, as the slider says."

frame_slider(draw, shift=[0, 1, 2])"""

PROSE = """\
The mean 3 is where the values balance: $\\mu = 3.0$, as `values.mean()` says
([Ioffe & Szegedy 2015](https://arxiv.org/abs/1502.03167), theorem 4.1), "which cost 0.5 points". See [the chapter](example.ipynb)."""

SOLUTION = """\
<details><summary>Solution</summary>

```python
{code}
```

</details>"""

CHECK = """\
check(
    lambda: {name},
    (lambda got: got == {right}, "Add, then divide."),
)"""


def example(setup):
    """The chapter, not yet run, with this set-up cell."""
    cells = [
        text("title", TITLE),
        new_code_cell(setup, id="setup", metadata={"tags": ["hide-cell"]}),
        code("imports", IMPORTS),
        text("mean", "## A mean\n\n**Predict.** Set the variable."),
        code("predict-mean", "guess = None  # what is the mean of 1, 2 and 6?"),
        code("run-mean", MEAN),
        text("read-mean", PROSE),
        code("claim-mean", 'claim("mean-of-three", "The mean is", values.mean(), expected=3, tol=1e-12, control=2.0)'),
        code("picture", FIGURE),
        code("slider", SLIDER),
        text("stops", "## Where it stops being true"),
        new_code_cell('table(["what"], [[measured(values.std())]])', id="sentence", metadata=HIDDEN),
        text("practice", "## In practice"),
        code("run-practice", 'print("two", round(values.mean()))'),
        text("exercises", "## Exercises"),
        *exercise(1, "double", "6.0", "double = 2 * values.mean()"),
        *exercise(2, "half", "1.5", "half = values.mean() / 2"),
        text("saw", "## What we saw"),
        code("saw-table", "claims_table()"),
        text("references", "## References\n\n- [Batch normalization](https://arxiv.org/abs/1502.03167v3)"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.nbformat_minor = 5
    return notebook


def exercise(k, name, right, solution):
    return [
        text(f"exercise-{k}", f"**{k}.** Give the {name} of the mean."),
        code(f"exercise-{k}-stub", f"{name} = None  # your answer"),
        code(f"exercise-{k}-check", CHECK.format(name=name, right=right)),
        text(f"exercise-{k}-solution", SOLUTION.format(code=solution)),
    ]


def text(id, source):
    return new_markdown_cell(source, id=id)


def code(id, source):
    return new_code_cell(source, id=id)
