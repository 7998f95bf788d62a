"""Everything that can be checked without a browser, in seconds: ``python tools/check.py [chapter]`` (`make check`).

Style, spelling, the rules of every chapter and of the house. With a chapter's name, that chapter is run first, once, if
its record is not there yet, and stored.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

import chapters
import execute
import freshness
import run
from checkout import ROOT
from rules import Book, house_problems, problems

BIN = Path(sys.executable).parent
LINT = [[BIN / "ruff", "check", "--quiet"], [BIN / "ruff", "format", "--check", "--quiet"], [BIN / "codespell"]]


def lint(root):
    """What the linters say, each of them asked."""
    for command in LINT:
        done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            name = f"{Path(command[0]).name} {command[1] if command[1:] else ''}".strip()
            yield f"{name} (make lint mends what a tool can):\n{done.stdout}".rstrip()


def stored(path, root):
    """Store a chapter's outputs, after a run if there is no record of it; whether it could be."""
    if not (record := run.known(path, root=root)):
        return execute.report(asyncio.run(execute.execute_all([path], root))[0], root)
    before = path.read_text("utf-8")
    written = execute.store(path, root, record, before, freshness.key(chapters.parse(before), root))
    if written.refused or written.changed:
        return execute.report(written, root)
    execute.warn(path.relative_to(root), record.warnings())
    return True


def main(arguments=None, root=ROOT):
    names = [name for name in (sys.argv[1:] if arguments is None else arguments) if name]
    try:
        paths = chapters.paths(names, root)
        unstored = (
            ["a chapter could not be stored, see above"]
            if not all([stored(path, root) for path in paths if names])
            else []
        )
        book = Book(root)
        wanted = {path.relative_to(root).as_posix() for path in paths}
        found = [line for chapter in book.chapters if chapter.name in wanted for line in problems(chapter, book)]
        records = [(path, record) for path in paths if names and (record := run.known(path, root=root))]
        found += [f"{path.name} {line}" for path, record in records for line in run.misjudged(path, record)]
        found += [*unstored, *house_problems(book), *lint(root)]
    except ValueError as error:
        sys.exit(f"make check: {error}")
    print("\n".join(found) or f"All rules are kept: {', '.join(path.stem for path in paths)}, the house.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
