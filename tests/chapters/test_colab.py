"""The chapters in Colab: its published versions, and the book's release fetched by the set-up cell.

A virtual environment with those versions is made once, in ``.cache``; torch is the book's own pin, since an older one
is not to be had for every Python. The release is a zip of this checkout, of the shape that GitHub gives a tag's.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest
from nbclient import NotebookClient

import chapters
import checkout
import run
import stored
from checkout import ROOT

COLAB = {  # as published in August 2026
    "ipykernel": "6.17.1",
    "ipython": "7.34.0",
    "ipywidgets": "7.7.1",
    "matplotlib": "3.10.0",
    "numpy": "2.1.3",
    "scikit-learn": "1.6.1",
    "scipy": "1.16.3",
    "torch": checkout.pins()["torch"],
}
INSTALLED = "{d.name: d.version for d in __import__('importlib.metadata').metadata.distributions()}"


def succeed(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"


def environment():
    """The Python of a virtual environment with Colab's versions, made if it is not there yet."""
    pins = [f"{name}=={version}" for name, version in COLAB.items()]
    key = hashlib.sha256(" ".join([sys.version, *pins]).encode()).hexdigest()[:12]
    folder = ROOT / f".cache/colab-{key}"
    python, complete = folder / "bin/python", folder / "complete"
    if not complete.exists():
        for old in ROOT.glob(".cache/colab-*"):
            shutil.rmtree(old)
        succeed(sys.executable, "-m", "venv", folder)
        index = ["--extra-index-url", os.environ["TORCH_INDEX"]] if os.environ.get("TORCH_INDEX") else []
        succeed(python, "-m", "pip", "install", "--quiet", *index, *pins)
        complete.touch()
    return python


def release(folder):
    """A zip of this checkout, ignored files left out, like the one GitHub makes of a tag; its address."""
    path = folder / "release.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in checkout.files():
            archive.write(ROOT / name, f"batchnorm-book-0/{name}")
    return path.as_uri()


KERNELS = ROOT / ".cache/kernels"
SETTING = run.Setting("colab", repr((COLAB, sys.version)), {"PYTHONPATH": None}, KERNELS)


def cells(folder, *sources):
    """The outputs of some cells, run in Colab's environment one after the other, in a folder from which bnlib is not seen."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = NotebookClient(notebook, km=SETTING.manager(), timeout=300)
    client.execute(env=SETTING.environment(ROOT), cwd=str(folder), cleanup_kc=True)
    return [cell.outputs for cell in notebook.cells]


def set_up(folder):
    """Make the environment, run the set-up cell in it twice, and say what was installed before and after."""
    python = environment()
    (KERNELS / "colab").mkdir(parents=True, exist_ok=True)
    spec = {"argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Colab"}
    (KERNELS / "colab/kernel.json").write_text(json.dumps(spec | {"language": "python"}), "utf-8")
    succeed(python, "-m", "pip", "uninstall", "--quiet", "--yes", "batchnorm-book", "mnist1d")
    source = chapters.setup_source()
    (address,) = (word for word in source.split() if word.endswith(".zip"))
    source = source.replace(address, release(folder))
    tell = "print(__import__('json').dumps({}))".format
    before, _, after, again, place = cells(
        folder, tell(INSTALLED), source, tell(INSTALLED), source, tell("__import__('bnlib').__file__")
    )
    before, after, place = (json.loads(outputs[0].text) for outputs in (before, after, place))
    inside = place.startswith(str(python.parents[1]))
    return {"before": before, "after": after, "said again": again, "bnlib is the release's": inside}


def set_up_key():
    """What the set-up depends on: Colab's versions, the set-up cell, and what the release holds of bnlib."""
    parts = [repr((COLAB, sys.version)), chapters.setup_source(), (ROOT / "pyproject.toml").read_text("utf-8")]
    parts += [path.read_text("utf-8") for path in sorted((ROOT / "bnlib").glob("*.*"))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@pytest.fixture(scope="session")
def colab(tmp_path_factory, everything):
    """What the set-up cell did; done again only if something that it depends on has changed, or is needed and not here."""
    needed = not KERNELS.exists() and any(run.known(path, SETTING) is None for path in chapters.paths())
    folder = tmp_path_factory.mktemp("colab")
    return run.remembered("colab-set-up", set_up_key(), lambda: set_up(folder), anew=everything or needed)


def test_versions_are_colabs(colab):
    assert {name: colab["before"][name].split("+")[0] for name in COLAB} == COLAB


def test_the_set_up_cell_adds_the_book_and_mnist1d_and_touches_nothing_else(colab):
    assert "batchnorm-book" not in colab["before"]
    added = dict(colab["after"].items() - colab["before"].items())
    assert added == {"batchnorm-book": checkout.version(), "mnist1d": checkout.pins()["mnist1d"]}
    assert colab["before"].items() <= colab["after"].items()
    assert colab["bnlib is the release's"]


def test_the_set_up_cell_does_nothing_the_second_time(colab):
    assert colab["said again"] == []


def test_a_chapter_prints_in_colab_what_is_stored(chapter, colab, everything):
    record = run.recorded(chapter, SETTING, anew=everything)
    assert not record.error, f"cell {record.failed_cell}: {record.error}"
    assert stored.different_texts(chapters.read(chapter), record.cells) == {}
