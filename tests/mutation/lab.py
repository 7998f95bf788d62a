"""Where mutants live and die: processes that have imported everything, forked for each mutant where forking is safe."""

import contextlib
import functools
import io
import multiprocessing
import os
import pickle
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(Path(__file__).parent)]  # in a new process too

import chapters  # noqa: E402
import stored  # noqa: E402
from mutants import MUTANTS, in_place  # noqa: E402
from play import play  # noqa: E402

# Python's fork server is a process of its own, with one thread, whatever runs in this one. On macOS a process that has
# done arithmetic may not fork: there, each mutant imports and plays everything again, which takes minutes.
FORKS = sys.platform == "linux"
CONTEXT = multiprocessing.get_context("forkserver" if FORKS else "spawn")
IMPORTED = ["torch", "scipy.sparse.linalg", "sklearn.datasets", "matplotlib.pyplot", "IPython.display", "ipywidgets"]
IMPORTED += ["pytest", "hypothesis", *(f"bnlib.{path.stem}" for path in (ROOT / "bnlib").glob("[a-z]*.py"))]


def in_a_child(function, *arguments):
    """What the function returns in a process of its own. RuntimeError if it raises there."""
    if FORKS:
        CONTEXT.set_forkserver_preload(IMPORTED)
    receiver, sender = CONTEXT.Pipe(duplex=False)
    child = CONTEXT.Process(target=_report, args=(sender, function, arguments))
    child.start()
    sender.close()
    try:
        returned, problem = receiver.recv()
    except EOFError:
        returned, problem = None, "the process died"
    child.join()
    if problem:
        raise RuntimeError(problem)
    return returned


def _report(sender, function, arguments):
    for name in [name for name in os.environ if name.startswith("PYTEST_")]:
        del os.environ[name]  # or pytest in here would take itself for a part of the one outside
    os.environ["CUDA_VISIBLE_DEVICES"] = ""  # torch's threads for a GPU would not survive a fork
    os.chdir(ROOT)
    try:
        import matplotlib

        import bnlib

        matplotlib.use("agg")
        assert Path(bnlib.__file__).parent == ROOT / "bnlib", f"another bnlib was imported: {bnlib.__file__}"
        sender.send((function(*arguments), ""))
    except BaseException:
        sender.send((None, traceback.format_exc()))


# Unit tests


def run_unit_tests(module, mutant=None):
    """pytest's exit code, and what it printed, on the tests of one of bnlib's modules.

    Without a mutant, what mutants replace there is replaced by itself: being replaced alone must not be found out.
    """
    import pytest

    options = [
        "-x",
        "-q",
        "--tb=line",
        "--hypothesis-profile=first-failure",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:nbval",
    ]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # what the fork was given is imported already
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.ExitStack() as stack:
        if mutant:
            stack.enter_context(MUTANTS[mutant].in_place())
        else:
            for target in {target for each in MUTANTS.values() if each.module == module for target in each.targets}:
                stack.enter_context(in_place(target, lambda right: right))
        code = pytest.main([*options, str(ROOT / f"tests/bnlib/test_{module}.py")])
    return int(code), printed.getvalue()


# Chapters


def stored_claims(chapter):
    """Claim, by its cell's id → its stored records (several if they are rows of a table), in their order."""
    cells = {cell.id: stored.claims(cell) for cell in chapters.read(_path(chapter)).cells}
    return {id: records for id, records in cells.items() if records}


def play_chapter(chapter, until):
    """Play a chapter with no mutant, and with each of some; two processes at a time.

    ``until`` is mutant → the claim after whose cell it may stop, or None for the end of the chapter. Returns mutant →
    (claim → records, cell → what it raised), and the same for None, the play without a mutant, which goes as far as any.
    A mutant that is not called on the way is left out.
    """
    claims = stored_claims(chapter)
    last = None if None in until.values() else max(until.values(), key=list(claims).index)
    ends = {None: last, **until}
    if FORKS:
        return in_a_child(_play_with_forks, chapter, ends)
    return {name: in_a_child(_play_alone, chapter, name, end) for name, end in ends.items()}


def _play_alone(chapter, mutant, end):
    with MUTANTS[mutant].in_place() if mutant else contextlib.nullcontext():
        return _outcome(play(_path(chapter), end, keep_going=True))


def _play_with_forks(chapter, ends):
    forks = _Forks(ends)
    with contextlib.ExitStack() as stack:
        for target in {target for name in forks.waiting for target in MUTANTS[name].targets}:
            stack.enter_context(in_place(target, functools.partial(forks.switch, target)))
        played = play(_path(chapter), ends[None], keep_going=True, after=forks.after)
    if forks.mutant:
        forks.tell(played)
    forks.listen()
    return {None: _outcome(played), **forks.told}


class _Forks:
    """One play for all mutants: until what a mutant replaces is first called, its play is the one without a mutant.

    There the process forks, and the mutant has its effect in the new one alone, whose play goes on from there.
    """

    def __init__(self, ends):
        self.ends = ends
        self.waiting = [name for name in ends if name]
        self.mutant = None  # whose process this is; None in the first
        self.pipe = None  # where a mutant's process tells what came of it
        self.child = None  # in the first process, the mutant that plays beside it, and the pipe to hear of it
        self.told = {}

    def switch(self, target, right):
        def called(*arguments, **options):
            for name in [] if self.mutant else [name for name in self.waiting if target in MUTANTS[name].targets]:
                if self.fork(name):
                    break
            if self.mutant and target in MUTANTS[self.mutant].targets:
                return MUTANTS[self.mutant].wrong(right, *arguments, **options)
            return right(*arguments, **options)

        return called

    def fork(self, name):
        """Whether this is the new process."""
        self.listen()
        self.waiting.remove(name)
        receiver, sender = os.pipe()
        if os.fork() == 0:
            self.mutant, self.pipe = name, sender
            return True
        os.close(sender)
        self.child = name, receiver
        return False

    def after(self, cell, played):
        if self.mutant and cell == self.ends[self.mutant]:
            self.tell(played)
        self.waiting = [name for name in self.waiting if cell != self.ends[name]]

    def tell(self, played):
        with os.fdopen(self.pipe, "wb") as pipe:
            pickle.dump(_outcome(played), pipe)
        os._exit(0)

    def listen(self):
        if self.child:
            (name, receiver), self.child = self.child, None
            with os.fdopen(receiver, "rb") as pipe:
                told = pipe.read()
            os.wait()
            self.told[name] = pickle.loads(told) if told else ({}, {"?": "the process died"})


def _outcome(played):
    return played.claims, {cell: f"{type(error).__name__}: {error}" for cell, error in played.errors.items()}


def _path(chapter):
    return ROOT / f"chapters/{chapter}.ipynb"
