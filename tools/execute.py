"""Run chapters and store their outputs: ``python tools/execute.py [name ...]``, all of them if none is named.

The only writer of outputs (`make execute`). It writes the same bytes each time, and keeps a stored output that equals
the fresh one, so that a change in the book's history is a change in what the reader sees.
"""

import argparse
import asyncio
import copy
import sys
import time
from dataclasses import dataclass

import notebooks
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from tqdm import tqdm

AT_A_TIME = 2
SECONDS_A_CELL = 300
PEAK = "__import__('resource').getrusage(0).ru_maxrss * (1 if __import__('sys').platform == 'darwin' else 1024)"


@dataclass
class Run:
    """One chapter's run: what it took, or where it failed and why."""

    path: object
    seconds: float = 0.0
    peak_bytes: int = 0
    changed: bool = False
    failed_cell: str = ""
    error: str = ""


async def run_chapter(path, root, tick):
    """Run one chapter and store its outputs. A chapter that fails is left as it was on disk."""
    before = path.read_text("utf-8")
    stored, fresh = notebooks.read(path), notebooks.read(path)
    fresh.metadata.pop("widgets", None)
    run, start = Run(path), time.perf_counter()
    client = NotebookClient(
        fresh,
        timeout=SECONDS_A_CELL,
        kernel_name="python3",
        store_widget_state=True,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # or each kernel writes a warning into the progress bar
        coalesce_streams=True,
        shutdown_kernel="immediate",  # it has nothing left to save, and a polite goodbye takes more than a second
    )
    try:
        async with client.async_setup_kernel(env=notebooks.kernel_environment(root), cwd=str(path.parent)):
            for index, cell in enumerate(fresh.cells):
                if cell.cell_type != "code":
                    continue
                run.failed_cell = cell.get("id", f"number {index + 1}")
                if cell.get("id") == "setup":
                    cell.source = notebooks.setup_source(root)
                await client.async_execute_cell(cell, index)
                tick()
            client.set_widgets_metadata()
            run.peak_bytes = await peak_memory(client)
    except (CellExecutionError, CellTimeoutError, RuntimeError) as error:  # RuntimeError: the kernel died or never came
        run.error = _why(error)
        return run
    run.failed_cell, run.seconds = "", time.perf_counter() - start

    current = notebooks.current_hash(fresh, root)
    fresh.metadata["bnlib"] = {"hash": current}
    fresh = notebooks.normalized(fresh)
    keep_equal_outputs(stored, fresh, exactly=stored.metadata.get("bnlib", {}).get("hash") != current)
    text = notebooks.to_text(notebooks.normalized(fresh))
    run.changed = text != before
    if run.changed:
        path.write_text(text, "utf-8")
    if path.stem == notebooks.COVER_CELL[0]:
        (root / notebooks.COVER).write_bytes(notebooks.cover(root))
    return run


async def peak_memory(client):
    """The most memory the kernel has held, in bytes: as much as the kernel itself can tell."""
    reply = await client.kc.execute("", silent=True, user_expressions={"peak": PEAK}, reply=True)
    return int(reply["content"]["user_expressions"]["peak"]["data"]["text/plain"])


def keep_equal_outputs(stored, fresh, *, exactly):
    """Put stored outputs in the place of fresh ones that equal them."""
    old = {cell.get("id"): cell.get("outputs", []) for cell in stored.cells}
    for cell in fresh.cells:
        for index, (was, now) in enumerate(zip(old.get(cell.get("id"), []), cell.get("outputs", []), strict=False)):
            if notebooks.same_output(was, now, exactly=exactly):
                cell.outputs[index] = copy.deepcopy(was)
                if "execution_count" in now:  # another one, if cells were added or taken out before
                    cell.outputs[index].execution_count = now.execution_count


def _why(error):
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {error.evalue}"
    return str(error).strip()


async def run_chapters(paths, root=notebooks.ROOT):
    """Run chapters, two at a time, under one progress bar; a list of `Run`."""
    cells = sum(cell.cell_type == "code" for path in paths for cell in notebooks.read(path).cells)
    slots = asyncio.Semaphore(AT_A_TIME)
    with tqdm(total=cells, unit="cell", desc="make execute") as bar:

        async def in_turn(path):
            async with slots:
                return await run_chapter(path, root, bar.update)

        return await asyncio.gather(*(in_turn(path) for path in paths))


def main(arguments=None, root=notebooks.ROOT):
    parser = argparse.ArgumentParser(prog="make execute", description="Run chapters and store their outputs.")
    parser.add_argument("chapter", nargs="*", help="a chapter's name, as in bias; all of them if none is given")
    try:
        paths = notebooks.chapter_paths(parser.parse_args(arguments).chapter, root)
        notebooks.pins(root)  # rather than after minutes of running
    except (ValueError, OSError) as error:
        sys.exit(f"make execute: {error}")
    runs = asyncio.run(run_chapters(paths, root))
    for run in runs:
        name = run.path.relative_to(root)
        if run.error:
            print(
                f"{name}: cell {run.failed_cell} failed; the file is left as it was.\n    "
                + run.error.replace("\n", "\n    ")
            )
        else:
            state = "written" if run.changed else "unchanged"
            print(f"{name}: {state}, {run.seconds:.1f} s, peak memory {run.peak_bytes / 1e6:.0f} MB")
    return 1 if any(run.error for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
