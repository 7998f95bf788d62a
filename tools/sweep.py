"""Tune again the learning rates that chapters hold as constants: ``python tools/sweep.py [name ...]`` (`make sweep`).

A chapter that compares networks at their best rates has a cell ``tuned``, which defines ``tuned`` (name → rate),
``grid``, ``tuning_seeds``, ``seeds`` (those that are reported) and ``score(name, rate, seed)``, of which less is better.
The sweep runs the chapter's code up to that cell, tries the whole grid, and says where it would choose another rate.
"""

import argparse
import functools
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tqdm import tqdm

import chapters
import play
from checkout import ROOT
from run import HERE

AT_A_TIME = 2


def tuned_chapters(paths):
    """The chapters that hold tuned rates."""
    return [path for path in paths if any(cell.get("id") == "tuned" for cell in chapters.read(path).cells)]


@functools.cache
def workbench(path):
    """What a chapter's code, up to and including its cell ``tuned``, defines."""
    return play.play(path, "tuned").defined


def names(path):
    """What a chapter tunes a rate for."""
    return list(workbench(path)["tuned"])


def sweep(path, name):
    """``(same, lines)``: whether the sweep chooses the rate that the chapter holds, and what it saw."""
    from bnlib.training import tune  # here, so that the command's own process does not need torch

    chapter = workbench(path)
    held = chapter["tuned"][name]
    tuned = tune(functools.partial(chapter["score"], name), chapter["grid"], seeds=chapter["tuning_seeds"])
    if tuned.at_the_end:
        verdict = f"best at an end of the grid, which must be wider; the chapter holds {held:g}"
    else:
        verdict = "as the chapter holds" if tuned.rate == held else f"but the chapter holds {held:g}"
        verdict = f"best at {tuned.rate:g}, {verdict}"
    seen = ", ".join(f"{rate:g}: {median:.4g}" for rate, median in tuned.medians.items())
    same = tuned.rate == held and not tuned.at_the_end
    return same, f"{path.stem}, {name}: {verdict}\n    median at each rate: {seen}"


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(prog="make sweep", description="Tune the chapters' learning rates again.")
    parser.add_argument(
        "chapter", nargs="*", help="a chapter's name, as in training-speed; all of them if none is given"
    )
    try:
        paths = tuned_chapters(chapters.paths(parser.parse_args(arguments).chapter, root))
    except ValueError as error:
        sys.exit(f"make sweep: {error}")
    os.environ.update(HERE.environment(root), MPLBACKEND="agg")
    same = []
    with ProcessPoolExecutor(AT_A_TIME, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(sweep, path, name) for path in paths for name in pool.submit(names, path).result()]
        with tqdm(as_completed(jobs), total=len(jobs), unit="rate", desc="make sweep", disable=None) as bar:
            for job in bar:
                agrees, lines = job.result()
                same.append(agrees)
                bar.write(lines)
    print(f"{same.count(True)} of {len(same)} rates are those that the chapters hold")
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
