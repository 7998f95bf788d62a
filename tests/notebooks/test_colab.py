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
from dataclasses import dataclass

import notebooks
import pytest
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager
from kernels import Kernel, texts
from notebooks import ROOT

COLAB = {  # as published in August 2026
    "ipykernel": "6.17.1",
    "ipython": "7.34.0",
    "ipywidgets": "7.7.1",
    "matplotlib": "3.10.0",
    "numpy": "2.1.3",
    "scikit-learn": "1.6.1",
    "scipy": "1.16.3",
    "torch": notebooks.pins()["torch"],
}
INSTALLED = "{d.name: d.version for d in __import__('importlib.metadata').metadata.distributions()}"


@dataclass
class Colab:
    """The environment once the set-up cell has run in it."""

    python: str
    before: dict
    after: dict
    said_again: list
    bnlib: str


def run(*command):
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
        run(sys.executable, "-m", "venv", folder)
        index = ["--extra-index-url", os.environ["TORCH_INDEX"]] if os.environ.get("TORCH_INDEX") else []
        run(python, "-m", "pip", "install", "--quiet", *index, *pins)
        complete.touch()
    return python


def release(folder):
    """A zip of this checkout, ignored files left out, like the one GitHub makes of a tag; its address."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    )
    path = folder / "release.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / name).is_file():  # and not deleted since it was committed
                archive.write(ROOT / name, f"batchnorm-book-0/{name}")
    return path.as_uri()


def kernel(python, folder):
    """A kernel of that Python which sees nothing of this checkout."""
    spec = {"argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Colab"}
    (folder / "colab").mkdir(exist_ok=True)
    (folder / "colab/kernel.json").write_text(json.dumps(spec | {"language": "python"}), "utf-8")
    manager = KernelManager(kernel_name="colab", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(folder)]))
    env = notebooks.kernel_environment()
    del env["PYTHONPATH"]
    return Kernel(folder, env=env, manager=manager)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("colab")


@pytest.fixture(scope="module")
def colab(folder):
    python = environment()
    run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "batchnorm-book", "mnist1d")
    setup = notebooks.setup_source()
    (address,) = (word for word in setup.split() if word.endswith(".zip"))
    setup = setup.replace(address, release(folder))
    with kernel(python, folder) as reader:

        def value(expression):
            return json.loads(texts(reader.run(f"print(__import__('json').dumps({expression}))"))["stdout"][0])

        before = value(INSTALLED)
        reader.run(setup)
        after = value(INSTALLED)
        said_again = reader.run(setup)
        return Colab(python, before, after, said_again, value("__import__('bnlib').__file__"))


def test_versions_are_colabs(colab):
    assert {name: colab.before[name].split("+")[0] for name in COLAB} == COLAB


def test_the_set_up_cell_adds_the_book_and_mnist1d_and_touches_nothing_else(colab):
    assert "batchnorm-book" not in colab.before
    added = dict(colab.after.items() - colab.before.items())
    version = notebooks.setup_source().split("/tags/v")[1].split(".zip")[0]
    assert added == {"batchnorm-book": version, "mnist1d": notebooks.pins()["mnist1d"]}
    assert colab.before.items() <= colab.after.items()
    assert colab.bnlib.startswith(str(colab.python.parents[1]))


def test_the_set_up_cell_does_nothing_the_second_time(colab):
    assert colab.said_again == []


@pytest.mark.parametrize("path", notebooks.chapter_paths(), ids=lambda path: path.stem)
def test_chapter_prints_in_colab_what_is_stored(colab, folder, path):
    with kernel(colab.python, folder) as reader:
        code = [cell for cell in notebooks.read(path).cells if cell.cell_type == "code"]
        shown = {cell.id: (texts(reader.run(cell.source)), texts(cell.outputs)) for cell in code}
    assert {id: both for id, both in shown.items() if both[0] != both[1]} == {}
