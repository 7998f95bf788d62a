"""The one place where a chapter is run. What it leaves is a record, from which everything else reads.

A record is kept in ``.cache/runs`` under a key that is taken before the run: the chapter's code, what it uses of bnlib,
the pinned versions, the wrong answers that are tried, and the setting. While the key is the same, the chapter need not
be run again.
"""

import asyncio
import dataclasses
import hashlib
import json
import os
import platform
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

import chapters
import freshness
import stored
from checkout import ROOT

SECONDS_A_CELL = 300
# Of the kernel: processor seconds, and the most memory it has held, in bytes. On Linux ru_maxrss would also count what
# the process held that started it.
USAGE = """(lambda usage, status: [
    usage.ru_utime + usage.ru_stime,
    int(status.split("VmHWM:")[1].split()[0]) * 1024 if "VmHWM:" in status else usage.ru_maxrss,
])(__import__("resource").getrusage(0), open("/proc/self/status").read() if __import__("os").path.exists("/proc") else "")"""
PROCESSOR_SECONDS, PEAK_BYTES = 20, 700e6  # what a chapter may take, with torch's CPU build


@dataclass(frozen=True)
class Setting:
    """Where a chapter is run: an interpreter, and variables added to this one's. Its records are kept under its name.

    ``kernels`` is a folder of kernel specifications, of which the one called ``name`` is started; this Python's own if
    there is none. ``known_by`` is all of the setting that a record depends on.
    """

    name: str
    known_by: str
    variables: dict = field(default_factory=dict)
    kernels: Path | None = None
    answers: bool = False  # whether the answers to the exercises are tried

    def environment(self, root):
        """What the kernel runs in: this checkout's bnlib unless the setting says otherwise, strict claims, one thread."""
        path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
        common = {"PYTHONPATH": path, "BNLIB_STRICT": "1", "OMP_NUM_THREADS": "1"}
        given = {**os.environ, **common, **self.variables}
        return {name: value for name, value in given.items() if value is not None}

    def manager(self):
        """A manager of the kernel to be started."""
        if self.kernels is None:
            return AsyncKernelManager(kernel_name="python3")
        specs = KernelSpecManager(kernel_dirs=[str(self.kernels)])
        return AsyncKernelManager(kernel_name=self.name, kernel_spec_manager=specs)


def processor():
    """What this machine computes with: a record made here is not trusted on a machine that may round otherwise."""
    about = Path("/proc/cpuinfo")
    model = re.search(r"^model name\s*: (.*)", about.read_text(), re.M) if about.exists() else None
    return f"{platform.machine()} {model[1] if model else platform.processor()} {sys.version}"


HERE = Setting("here", processor(), answers=True)


@dataclass
class Run:
    """One chapter's run: what it showed and took, or where it failed and why."""

    chapter: str
    setting: str
    key: str
    notebook: dict = field(repr=False)  # as run, ids of claims stamped
    seconds: float = 0.0  # of the processor, in the kernel
    peak_bytes: int = 0
    slowest: dict = field(default_factory=dict)  # cell id → seconds on the clock, the five longest
    answers: dict = field(
        default_factory=dict, repr=False
    )  # exercise → [what is wrong or "stub" or "solution", what check said]
    failed_cell: str = ""
    error: str = ""

    @property
    def cells(self):
        """The notebook as run."""
        return nbformat.from_dict(self.notebook)

    @property
    def claims(self):
        """Id → record of each claim, in order. The id is the cell's; a second claim there has ``/2`` added."""
        return {record["id"]: record for cell in chapters.code(self.cells) for record in stored.claims(cell)}

    def warnings(self):
        """Sentences about what the chapter takes too much of."""
        if self.seconds > PROCESSOR_SECONDS:
            slow = ", ".join(f"{id} {seconds:.1f} s" for id, seconds in self.slowest.items())
            yield f"it takes {self.seconds:.0f} s of the processor; expected at most {PROCESSOR_SECONDS} ({slow})"
        if self.peak_bytes > PEAK_BYTES:
            yield f"it holds {self.peak_bytes / 1e6:.0f} MB; expected at most {PEAK_BYTES / 1e6:.0f} (torch's CPU build)"


def key(path, setting=HERE, root=ROOT):
    """The key of a chapter's record in a setting."""
    return _key(chapters.read(path), path, setting, root)


def _key(notebook, path, setting, root):
    parts = [freshness.key(notebook, root), setting.name, setting.known_by, Path(__file__).read_text("utf-8")]
    if setting.answers:
        answers = wrong_answers_path(path)
        parts += [cell.source for cell in notebook.cells if cell.get("id", "").endswith("-solution")]
        parts.append(answers.read_text("utf-8") if answers.exists() else "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def recorded(path, setting=HERE, root=ROOT, *, anew=False):
    """The record of a chapter in a setting; it is run only if there is none under its key, or if ``anew``."""
    if not anew and (found := known(path, setting, root)):
        return found
    with ThreadPoolExecutor(1) as thread:  # a loop of its own, for the caller's thread may have one running
        return thread.submit(asyncio.run, run(path, setting, root)).result()


def known(path, setting=HERE, root=ROOT):
    """The record under a chapter's key, or None."""
    place = _place(path, setting, root)
    if not place.exists():
        return None
    record = json.loads(place.read_text("utf-8"))
    return Run(**record) if record["key"] == key(path, setting, root) else None


async def run(path, setting=HERE, root=ROOT, tick=lambda: None):
    """Run a chapter to its end or its first error, then try the answers to its exercises. The `Run` is recorded unless it failed."""
    notebook = chapters.read(path)
    notebook.metadata.pop("widgets", None)
    result = Run(path.stem, setting.name, _key(notebook, path, setting, root), notebook)
    client = NotebookClient(
        notebook,
        km=setting.manager(),
        timeout=SECONDS_A_CELL,
        store_widget_state=True,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # or each kernel writes a warning into the progress bar
        coalesce_streams=True,
        shutdown_kernel="immediate",  # it has nothing left to save
    )
    took = {}
    try:
        where = {"env": setting.environment(root), "cwd": str(path.parent)}
        async with client.async_setup_kernel(**where, cleanup_kc=True):
            for index, cell in enumerate(notebook.cells):
                if cell.cell_type != "code":
                    continue
                result.failed_cell, start = cell.get("id", f"number {index + 1}"), time.perf_counter()
                if cell.get("id") == "setup" and setting.kernels is None:
                    cell.source = chapters.setup_source(root)
                await client.async_execute_cell(cell, index)
                took[cell.get("id")] = time.perf_counter() - start
                tick()
            client.set_widgets_metadata()
            result.seconds, result.peak_bytes = await _usage(client)
            result.answers = await _answers(client, notebook, path, result) if setting.answers else {}
        result.failed_cell = ""
    except (CellExecutionError, CellTimeoutError, RuntimeError) as error:  # RuntimeError: the kernel died or never came
        result.error = f"{error.ename}: {error.evalue}" if isinstance(error, CellExecutionError) else str(error).strip()
    _stamp(notebook)
    result.slowest = {id: took[id] for id in sorted(took, key=took.get, reverse=True)[:5]}
    if not result.error:
        _write(_place(path, setting, root), dataclasses.asdict(result))
    return result


def remembered(name, key, make, *, anew=False, root=ROOT):
    """What ``make()`` returned under a key, as JSON keeps it; made if it is not there, or if ``anew``."""
    place = root / f".cache/runs/{name}.json"
    kept = json.loads(place.read_text("utf-8")) if place.exists() and not anew else {}
    if kept.get("key") != key:
        _write(place, {"key": key, "made": make()})
    return json.loads(place.read_text("utf-8"))["made"]


HEADS_ANSWER = r"# %% (exercise-\d+) (\S.*?) -> (\S.*)"


def wrong_answers_path(path):
    """The file of a chapter's wrong answers, in blocks headed ``# %% exercise-1 what is wrong -> words of its hint``."""
    return path.parent / "wrong_answers" / f"{path.stem}.py"


def wrong_answers(path):
    """(exercise, what is wrong, words of the hint that it must get, source) of each wrong answer to a chapter."""
    file = wrong_answers_path(path)
    blocks = re.split(f"^{HEADS_ANSWER}\n", file.read_text("utf-8"), flags=re.M)[1:] if file.exists() else []
    return list(zip(*(blocks[part::4] for part in range(4)), strict=True))


def misjudged(path, record):
    """Answers to which a chapter's checks said other than they must: ○ to the stub, ✓ to a solution, its hint to a wrong one."""
    hints = {(of, what): hint for of, what, hint, _ in wrong_answers(path)}
    for exercise, answers in record.answers.items():
        for what, said in answers:
            mark, hint = {"stub": "○", "solution": "✓"}.get(what, "✗"), hints.get((exercise, what), "")
            if not any(line.startswith(mark) and hint in line for line in said.splitlines()):
                expected = f"{mark} … {hint}" if hint else mark
                yield f"{exercise}: to the answer “{what}” its check must say “{expected}”; it says: {said.strip()}"


async def _answers(client, notebook, path, result):
    """What each exercise's check says to its stub, its solution and each wrong answer, put in the place of the stub."""
    cells, said = {cell.get("id"): cell for cell in notebook.cells}, {}

    async def show(source):
        cell = nbformat.v4.new_code_cell(source)
        notebook.cells.append(cell)  # where nbclient looks for it
        try:
            await client.async_execute_cell(cell, len(notebook.cells) - 1)
        finally:
            notebook.cells.pop()
        return "".join(output.text for output in cell.outputs if output.output_type == "stream")

    stubs = [id.removesuffix("-stub") for id in cells if re.fullmatch(r"exercise-\d+-stub", id or "")]
    for exercise in stubs:
        if not {f"{exercise}-check", f"{exercise}-solution"} <= {*cells}:
            continue  # a rule says so
        stub, check = cells[f"{exercise}-stub"].source, cells[f"{exercise}-check"].source
        solution = re.findall(r"```python\n(.*?)```", cells[f"{exercise}-solution"].source, re.S)
        wrong = [(what, source) for of, what, _, source in wrong_answers(path) if of == exercise]
        for what, source in [("stub", stub), *(("solution", source) for source in solution), *wrong]:
            result.failed_cell = f"{exercise}, answer: {what}"
            await show(source)
            said.setdefault(exercise, []).append([what, await show(check)])
            await show(stub)
    return said


async def _usage(client):
    reply = await client.kc.execute("", silent=True, user_expressions={"usage": USAGE}, reply=True)
    return json.loads(reply["content"]["user_expressions"]["usage"]["data"]["text/plain"])


def _stamp(notebook):
    """Give each claim its cell's id."""
    for cell in chapters.code(notebook):
        for number, record in enumerate(stored.claims(cell), 1):
            record["id"] = cell.get("id") if number == 1 else f"{cell.get('id')}/{number}"


def _write(place, record):
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(record), "utf-8")
    unfinished.replace(place)


def _place(path, setting, root):
    return root / f".cache/runs/{path.stem}.{setting.name}.json"
