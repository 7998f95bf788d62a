"""Play a chapter's code in this process, without a kernel and without pictures: a fifth of the time of a real run.

For what needs a chapter's claims, or what it defines, many times over, as the mutants do and `make sweep`. It stores
nothing: outputs come from `make execute` alone.
"""

import contextlib
import importlib
import io
import os
import pkgutil
from dataclasses import dataclass, field
from types import SimpleNamespace
from unittest.mock import patch

from IPython.core.inputtransformer2 import TransformerManager

import chapters


@dataclass
class Played:
    """What is left of a chapter that was played."""

    defined: dict  # the names its cells defined
    claims: dict = field(default_factory=dict)  # cell id → the records of the claims made there, in order
    errors: dict = field(default_factory=dict)  # cell id → what it raised, if the play was to keep going


def play(path, upto=None, *, keep_going=False, after=None):
    """Run a chapter's code cells in order, up to and including the cell ``upto``, or all; returns what is `Played`.

    The set-up cell and line magics do nothing, exercises run as they are, and what cells print goes nowhere. Figures and
    sliders are not drawn, but their arguments are computed. A claim that does not hold is recorded like any other: the
    caller decides. An error ends the play and is raised, or, if it is to ``keep_going``, is recorded. ``after(id,
    played)`` is called after each cell.

    Raises ValueError if there is no cell ``upto``.
    """
    cells = chapters.code(chapters.read(path))
    ids = [cell.id for cell in cells]
    if upto is not None and upto not in ids:
        raise ValueError(f"{path.stem} has no code cell {upto!r}")
    last = len(cells) if upto is None else ids.index(upto) + 1
    line_magic = SimpleNamespace(run_line_magic=lambda *magic: None)
    played = Played({"__name__": "__main__", "get_ipython": lambda: line_magic})
    with _unseen(lambda record: played.claims.setdefault(cell.id, []).append(record)):
        for cell in cells[:last]:
            if cell.id == "setup":
                continue
            try:
                source = TransformerManager().transform_cell(cell.source)
                exec(compile(source, f"{path.stem}, cell {cell.id}", "exec"), played.defined)
            except Exception as error:
                if not keep_going:
                    raise
                played.errors[cell.id] = error
            if after:
                after(cell.id, played)
    return played


@contextlib.contextmanager
def replaced(old, new):
    """Let all modules of bnlib, and IPython.display, hold the object ``new`` wherever they hold ``old``."""
    bnlib = importlib.import_module("bnlib")
    names = ["IPython.display", *(f"bnlib.{module.name}" for module in pkgutil.iter_modules(bnlib.__path__))]
    with contextlib.ExitStack() as stack:
        for module in map(importlib.import_module, names):
            for name in [name for name, value in vars(module).items() if value is old]:
                stack.enter_context(patch.object(module, name, new))
        yield


@contextlib.contextmanager
def _unseen(record):
    """Nothing is shown, no claim raises, and ``record`` is given each claim's record."""
    import IPython.display
    import matplotlib.pyplot as plt

    import bnlib.figures
    import bnlib.widgets

    def display(*shown, metadata=None, **options):
        for each in (metadata or {}).get("claims", []):
            record(each)

    def undrawn(*arguments, **options):
        plt.close("all")

    with (
        patch.dict(os.environ, BNLIB_STRICT="0"),
        contextlib.redirect_stdout(io.StringIO()),
        replaced(IPython.display.display, display),
        replaced(bnlib.figures.figure, undrawn),
        replaced(bnlib.widgets.frame_slider, undrawn),
    ):
        yield
