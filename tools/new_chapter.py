"""Begin a chapter: ``python tools/new_chapter.py NAME`` (`make chapter NAME=…`).

Writes the smallest chapter that keeps every rule, and enters it wherever chapters are listed: _toc.yml, the map on the
landing page, the file of its exercises' wrong answers, CHANGELOG.md. Then it says what is left to do.
"""

import re
import sys

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

import chapters
import run
from checkout import ROOT

FOLDED = {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}
SENTENCE = {"tags": ["remove-input"], "jupyter": {"source_hidden": True}}
NEXT = """\
Now, in this order:
1. Write: .venv/bin/jupyter lab chapters/{name}.ipynb (make hooks installs it). Copy a cell with the form that you need; give it an
   id of its own: right sidebar (the gears) → Advanced → Cell id, or in the file itself.
2. make check CHAPTER={name}: runs it once, stores its outputs, and says what a rule, a claim or an exercise lacks.
3. The row in intro.md, the line in CHANGELOG.md, and chapters/wrong_answers/{name}.py are examples: make them yours.
4. make serve, and look at the page: wide and narrow, light and dark."""

TITLE = """\
# {title}

**What does a mean do?**

You will be able to

- compute a mean;
- draw a mean,
  also in colour;
- doubt a mean.

What you need: nothing."""

SETTING = "> **Setting.** Three numbers, the same in the whole chapter."

IMPORTS = """\
import matplotlib.pyplot as plt
import numpy as np

from bnlib.claims import claim, claim_table, scoreboard
from bnlib.exercises import check, reveal
from bnlib.figures import figure
from bnlib.text import measured, table
from bnlib.widgets import frame_slider"""

MEAN = """\
print(f"The mean is {values.mean():.2f}")
reveal(guess_mean, values.mean())"""

LARGER = """\
with_a_ten = np.mean([*values, 10.0])
larger = options_larger[int(with_a_ten < values.mean())]
reveal(guess_larger, larger, options_larger)"""

CLAIM = """\
claim(
    "The mean of the three is {}.",
    values.mean(),
    expected=3,
    tol=1e-12,
    control=("their median", np.median(values)),
)"""

LIMIT = """\
claim(
    "One of the three made ten times as large carries the mean to {}.",
    np.array([1.0, 2.0, 60.0]).mean(),
    expected=21,
    tol=1e-12,
    control=("the median, which stays", np.median(values)),
    folded=True,
)"""

FAMILY = """\
claim_table(
    "The mean of the three and {row} is {}.",
    ["Joined by", "Mean"],
    {
        "a two": dict(value=2.75, between=(2.7, 2.8), control=("without it", 3.0)),
        "a ten": dict(value=4.75, expected=4.75, tol=0.01, control=("without it", 3.0)),
    },
)"""

FIGURE = """\
fig, ax = plt.subplots()
ax.plot(values)
mean = measured(values.mean())
figure(
    fig,
    f"Three values. Their mean is {mean}, not the middle one.",
    alt=f"A line that rises from 1 to 6, whose mean is {mean}.",
)"""

SLIDER = """\
def draw(shift):
    fig, ax = plt.subplots()
    ax.plot(values + shift)
    return fig, f"A rising line, moved up by {shift}, as the slider says."


frame_slider(draw, caption="Turn the shift: the shape stays.", shift=[0, 1, 2])"""

PROSE = """\
The mean 3 is where the values balance: $\\mu = 3.0$, as `values.mean()` says
([Ioffe & Szegedy 2015](https://arxiv.org/abs/1502.03167), theorem 4.1), "which cost 0.5 points". See [the
chapter]({name}.ipynb)."""

SOLUTION = """\
<details><summary>Solution</summary>

```python
{code}
```

</details>"""

CHECK = """\
check(
    lambda: {name},
    (lambda got: got == {right}, "{hint}"),
)"""

WRONG_ANSWERS = '''\
"""Answers that the checks of the chapter {name} must refuse, each put in the place of its stub."""

# %% exercise-1 the mean itself -> Add the mean
double = 3.0

# %% exercise-1 a word -> to itself
double = "six"

# %% exercise-2 the double -> Divide the mean
half = 6.0

# %% exercise-2 the half of the sum -> by 2
half = 4.5
'''


def chapter(name, setup):
    """The smallest chapter, not yet run, with this set-up cell."""
    title = name.replace("-", " ").capitalize()
    cells = [
        text("title", TITLE.format(title=title)),
        new_code_cell(setup, id="setup", metadata={"tags": ["hide-cell"]}),
        code("imports", IMPORTS, FOLDED),
        code("numbers", "values = np.array([1.0, 2.0, 6.0])", FOLDED),
        code("picture", FIGURE, FOLDED),
        text("setting", SETTING),
        text("mean", "## A mean\n\n**Predict.** What is the mean of 1, 2 and 6?"),
        code("predict-mean", "guess_mean = None  # a number"),
        code("run-mean", MEAN),
        code("claim-mean", CLAIM, FOLDED),
        text("read-mean", PROSE.format(name=name)),
        text("larger", "**Predict.** A ten joins them. What becomes of the mean?"),
        code("predict-larger", 'options_larger = "it rises", "it falls"\nguess_larger = None  # one of the options'),
        code("run-larger", LARGER, FOLDED),
        code("family", FAMILY, FOLDED),
        text("read-larger", "Each value pulls the mean to its own side."),
        *exercise(1, "double", "6.0", "double = 2 * values.mean()", "Add the mean to itself."),
        code("slider", SLIDER, FOLDED),
        text("stops", "## Where it stops being true"),
        code("claim-limit", LIMIT, FOLDED),
        code("sentence", 'table(["spread"], [[measured(values.std())]])', SENTENCE),
        text("practice", "## In practice"),
        code("run-practice", 'print("two", round(values.mean()))'),
        text("exercises", "## Exercises"),
        *exercise(2, "half", "1.5", "half = values.mean() / 2", "Divide the mean by 2."),
        text("experiment", "**3. Open.** Which further value moves the mean most? Draw it, and say why in a sentence."),
        code("experiment-code", "further = []  # values to try"),
        text("experiment-answer", "<details><summary>What we found</summary>\n\nThe largest.\n\n</details>"),
        text("saw", "## What we saw"),
        code("saw-table", "scoreboard()", FOLDED),
        text("references", "## References\n\n- [Batch normalization](https://arxiv.org/abs/1502.03167v3)"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.nbformat_minor = 5
    return notebook


def exercise(k, name, right, solution, hint):
    return [
        text(f"exercise-{k}", f"**{k}.** Give the {name} of the mean."),
        code(f"exercise-{k}-stub", f"{name} = None  # your answer"),
        code(f"exercise-{k}-check", CHECK.format(name=name, right=right, hint=hint), FOLDED),
        text(f"exercise-{k}-solution", SOLUTION.format(code=solution)),
    ]


def text(id, source):
    return new_markdown_cell(source, id=id)


def code(id, source, metadata=None):
    return new_code_cell(source, id=id, metadata=metadata or {})


def begin(name, root=ROOT):
    """Write a chapter of that name and enter it in the lists. ValueError if the name is taken or is no name."""
    path = root / f"chapters/{name}.ipynb"
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise ValueError(f"NAME must be lower-case words joined by hyphens, as in NAME=weight-decay; got {name!r}")
    if path.exists() or run.wrong_answers_path(path).exists():
        raise ValueError(f"there is a chapter {name} already; nothing was changed")
    entries = {
        "_toc.yml": (r"(?:^( +)- file: chapters/.*\n)+", r"\g<0>\g<1>" + f"- file: chapters/{name}\n"),
        "intro.md": (
            r"(?:^\| \[.*\n)+",
            r"\g<0>" + f"| [{name.replace('-', ' ').capitalize()}](chapters/{name}.ipynb) "
            "| What does a mean do? | nothing |\n",
        ),
        "CHANGELOG.md": (
            r"(?:^- Chapter.*\n)+",
            r"\g<0>" + f"- Chapter *{name.replace('-', ' ').capitalize()}*: what a mean does.\n",
        ),
    }
    changed = {}
    for file, (pattern, replacement) in entries.items():
        before = (root / file).read_text("utf-8")
        last = [*re.finditer(pattern, before, re.M)][-1:]
        if not last:
            raise ValueError(f"{file} holds no list of chapters to add to; nothing was changed")
        changed[file] = before[: last[0].start()] + last[0].expand(replacement) + before[last[0].end() :]
    run.wrong_answers_path(path).parent.mkdir(exist_ok=True)
    run.wrong_answers_path(path).write_text(WRONG_ANSWERS.format(name=name), "utf-8", newline="\n")
    path.write_text(chapters.to_text(chapter(name, chapters.setup_source(root))), "utf-8", newline="\n")
    for file, after in changed.items():
        (root / file).write_text(after, "utf-8", newline="\n")
    return [path.relative_to(root).as_posix(), run.wrong_answers_path(path).relative_to(root).as_posix(), *changed]


def main():
    name = " ".join(sys.argv[1:])
    try:
        written = begin(name)
    except ValueError as error:
        sys.exit(f"make chapter: {error}")
    print("\n".join(f"{file}: written" for file in written))
    print(NEXT.format(name=name))


if __name__ == "__main__":
    main()
