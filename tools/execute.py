"""Run chapters and store their outputs: ``python tools/execute.py [name ...]``, all of them if none is named.

The only writer of outputs (`make execute`). It writes the same bytes each time, and keeps a stored output that equals
the fresh one, so that a change in the book's history is a change in what the reader sees.
"""

import argparse
import asyncio
import subprocess
import sys
from dataclasses import dataclass

from tqdm import tqdm

import chapters
import freshness
import run
import stored
from checkout import ROOT, pins

AT_A_TIME = 2


@dataclass
class Written:
    """What became of a chapter."""

    path: object
    run: run.Run
    changed: bool = False
    refused: str = ""
    restless: tuple = ()  # cells that show other numbers than in the run before, with the same code on the same machine


async def execute(path, root, tick):
    """Run one chapter and store its outputs. A chapter that fails, or was edited meanwhile, is left as it is on disk."""
    before = path.read_text("utf-8")
    was = chapters.parse(before)
    made_from, earlier = freshness.key(was, root), run.known(path, root=root)
    result = await run.run(path, root=root, tick=tick)
    if result.error:
        return Written(
            path, result, refused=f"cell {result.failed_cell} failed; the file is left as it was.\n{result.error}"
        )
    written = store(path, root, result, before, made_from)
    written.restless = tuple(stored.different_texts(earlier.cells, result.cells, stored.TIMED)) if earlier else ()
    return written


def store(path, root, result, before, made_from):
    """Write a run's outputs, and nothing else of it, into the chapter that was ``before``, whose key was ``made_from``."""
    fresh = with_outputs(chapters.parse(before), result.cells, root)
    fresh.metadata["bnlib"] = {"hash": made_from}
    fresh = stored.normalized(fresh)
    if was := last_sealed(path, before, root):
        stored.keep_equal(was, fresh, same_code=was.metadata.bnlib.hash == made_from)
        fresh = stored.normalized(fresh)
    fresh.metadata["bnlib"]["seal"] = stored.seal(fresh)
    if found := list(stored.faults(fresh)):
        lines = [f"cell {cell.id}: {message}" if cell else message for cell, message in found]
        return Written(
            path,
            result,
            refused="its outputs are not fit to be stored; the file is left as it was.\n" + "\n".join(lines),
        )
    if path.read_text("utf-8") != before:
        return Written(
            path, result, refused="it was edited while it ran; the file is left as you saved it. Run it again."
        )
    text = chapters.to_text(fresh)
    if text != before:
        path.write_text(text, "utf-8", newline="\n")
    if path.stem == chapters.COVER_CELL[0]:
        (root / chapters.COVER).write_bytes(chapters.cover(root))
    return Written(path, result, changed=text != before)


def with_outputs(notebook, ran, root):
    """The notebook with the outputs of its cells in a run, whose words and comments may have been others."""
    shown = {cell.id: cell for cell in chapters.code(ran)}
    for cell in chapters.code(notebook):
        cell.outputs, cell.execution_count = shown[cell.id].outputs, shown[cell.id].execution_count
        if cell.id == "setup":
            cell.source = chapters.setup_source(root)
    notebook.metadata.pop("widgets", None)
    if "widgets" in ran.metadata:
        notebook.metadata["widgets"] = ran.metadata.widgets
    return notebook


def last_sealed(path, text, root):
    """The notebook of this text or, if its outputs were changed since `make execute` stored them, the committed one.

    None if that too has other outputs: a number written by hand must not be kept for one that was measured.
    """
    command = ["git", "-C", str(root), "show", f"HEAD:./{path.relative_to(root).as_posix()}"]
    for source in (lambda: text, lambda: subprocess.run(command, capture_output=True, text=True).stdout):
        notebook = chapters.parse(found) if (found := source()) else None
        if notebook and stored.is_sealed(notebook):
            return notebook
    return None


async def execute_all(paths, root=ROOT):
    """Run chapters, two at a time, under one progress bar; a list of `Written`."""
    cells = sum(len(chapters.code(chapters.read(path))) for path in paths)
    slots = asyncio.Semaphore(AT_A_TIME)
    with tqdm(total=cells, unit="cell", desc="make execute", disable=None) as bar:

        async def in_turn(path):
            async with slots:
                return await execute(path, root, bar.update)

        return await asyncio.gather(*(in_turn(path) for path in paths))


def report(written, root=ROOT):
    """Print what became of a chapter; whether it is stored."""
    name = written.path.relative_to(root)
    if written.refused:
        print(f"{name}: " + written.refused.replace("\n", "\n    "))
    else:
        state = "written" if written.changed else "unchanged"
        print(f"{name}: {state}, {written.run.seconds:.1f} s, peak memory {written.run.peak_bytes / 1e6:.0f} MB")
        warn(name, written.run.warnings())
        if written.restless:
            warn(
                name,
                [f"{', '.join(written.restless)}: other numbers than in the run before; seed them, or use timed(…)"],
            )
    return not written.refused


def warn(name, warnings):
    for warning in warnings:
        print(f"{name}: warning: {warning}")


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(prog="make execute", description="Run chapters and store their outputs.")
    parser.add_argument("chapter", nargs="*", help="a chapter's name, as in bias; all of them if none is given")
    try:
        paths = chapters.paths(parser.parse_args(arguments).chapter, root)
        pins(root)  # rather than after minutes of running
        written = asyncio.run(execute_all(paths, root))
    except (ValueError, OSError) as error:
        sys.exit(f"make execute: {error}")
    return 0 if all([report(each, root) for each in written]) else 1


if __name__ == "__main__":
    sys.exit(main())
