"""What the commands and the tests know of a chapter's notebook: where it is, what form it has, when it is current."""

import ast
import base64
import hashlib
import io
import json
import os
import re
import tomllib
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"

COVER = "_static/cover.png"  # the landing page's figure and the README's: the one of this chapter and this cell
COVER_CELL = ("mechanism", "picture")

CELL_METADATA = {"tags", "mystnb", "jupyter"}
KERNEL_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

SETUP = """\
# Set-up. Where the book is installed this does nothing; elsewhere, as in Colab, it fetches the book's release.
try:
    import bnlib.normalization  # noqa: F401
except ModuleNotFoundError:
    %pip install --quiet --no-deps {address}/archive/refs/tags/v{version}.zip {mnist1d}"""


def chapter_paths(names=(), root=ROOT):
    """The chapters' files: all, or those named (``bias``). ValueError if there is none of that name."""
    found = {path.stem: path for path in sorted((root / "chapters").glob("*.ipynb"))}
    names = [Path(name).stem for name in names]
    if unknown := [name for name in names if name not in found]:
        raise ValueError(f"no chapter is called {', '.join(unknown)}; there are: {', '.join(found) or 'none yet'}")
    return [found[name] for name in names or found]


def kernel_environment(root=ROOT, **more):
    """Variables for a kernel that runs a chapter as all checks do: this checkout's bnlib, strict claims, one thread."""
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "BNLIB_STRICT": "1", "OMP_NUM_THREADS": "1", **more}


def read(path):
    """The notebook as it is on disk: nbformat's own ``read`` would mend some faults, such as a repeated id, unasked."""
    return nbformat.v4.reads(path.read_text("utf-8"))


def to_text(notebook):
    """The notebook's file, as `make execute` writes it."""
    return nbformat.v4.writes(notebook) + "\n"


def setup_source(root=ROOT):
    """The set-up cell that every chapter holds: it fetches this version from the book's own address."""
    address = yaml.safe_load((root / "_config.yml").read_text("utf-8"))["repository"]["url"]
    version = re.search(r'^__version__ = "(.+)"', (root / "bnlib/__init__.py").read_text("utf-8"), re.M)[1]
    return SETUP.format(address=address, version=version, mnist1d=f"mnist1d=={pins(root)['mnist1d']}")


def pins(root=ROOT):
    """Name → pinned version, for the packages that running a chapter needs."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["chapters"]]
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (root / "requirements.txt").read_text("utf-8"), re.M))
    locked = {canonicalize_name(name): version for name, version in locked.items()}
    names = sorted(canonicalize_name(Requirement(line).name) for line in wanted)
    if missing := [name for name in names if name not in locked]:
        raise ValueError(f"requirements.txt pins no {', '.join(missing)}, which pyproject.toml asks for: run make lock")
    return {name: locked[name] for name in names}


def current_hash(notebook, root=ROOT):
    """What the stored outputs were made from: the chapter's code, what it imports of bnlib, and the pinned versions.

    The set-up cell is left out: it prints nothing here, and a fork that puts its own address there stays current.
    """
    parts = [cell.source for cell in notebook.cells if cell.cell_type == "code" and cell.get("id") != "setup"]
    for path in _modules(parts, root / "bnlib"):
        parts += [path.name, repr(_syntax(ast.parse(path.read_text("utf-8"))))]
    parts.append((root / "bnlib/book.mplstyle").read_text("utf-8"))
    parts += [f"{name}=={version}" for name, version in pins(root).items()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _modules(sources, package, found=()):
    """The modules of the package that some sources import, and those that they import, in the order of their names."""
    names = set()
    for node in (node for source in sources for node in ast.walk(_parsed(source))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    for path in sorted(package.glob("*.py")):
        if f"{package.name}.{path.stem}" in names and path not in found:
            found = _modules([path.read_text("utf-8")], package, (*found, path))
    return sorted(found)


def _parsed(source):
    """The syntax tree of a cell; an empty one if it is not plain Python, as a cell with a magic is not."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def _syntax(node):
    """The syntax tree without docstrings and empty fields, which differ between versions of Python."""
    if isinstance(node, list):
        return [_syntax(each) for each in node]
    if not isinstance(node, ast.AST):
        return node
    documented = isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
    if documented and ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:]
    return [type(node).__name__, *([k, _syntax(v)] for k, v in ast.iter_fields(node) if v is not None and v != [])]


def normalized(notebook):
    """The notebook in its one form: short metadata, figures' texts where the page wants them, widgets numbered."""
    kept = {key: notebook.metadata[key] for key in ("widgets", "bnlib") if key in notebook.metadata}
    notebook.metadata = NotebookNode(KERNEL_METADATA | kept)
    for cell in notebook.cells:
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k in CELL_METADATA})
        if cell.cell_type == "code":
            cell.metadata.pop("mystnb", None)
            for alt in [output.metadata.alt for output in cell.outputs if "alt" in output.get("metadata", {})]:
                cell.metadata["mystnb"] = {"image": {"alt": alt}}
    return _with_numbered_widgets(notebook)


def widget_models(notebook):
    """Id → model, of the widgets whose state is stored."""
    return notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})


def widget_references(model):
    """Ids of the models that a widget's model refers to, in a fixed order."""
    return re.findall(r"IPY_MODEL_([0-9a-f]{32})", json.dumps(model, sort_keys=True))


def _with_numbered_widgets(notebook):
    # A model's id is random on each run. They are numbered as one meets them: from the outputs, down the references;
    # then what nothing refers to (links between models), in the order of its content.
    models, numbers = widget_models(notebook), {}

    def visit(id):
        if id in models and id not in numbers:
            numbers[id] = f"{len(numbers) + 1:032x}"
            for reference in widget_references(models[id]):
                visit(reference)

    def known(text):
        return re.sub(r"[0-9a-f]{32}", lambda match: numbers.get(match[0], match[0]), text)

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            visit(output.get("data", {}).get(WIDGET_VIEW, {}).get("model_id"))
    for id in sorted(set(models) - set(numbers), key=lambda id: known(json.dumps(models[id], sort_keys=True))):
        visit(id)
    return nbformat.v4.reads(known(to_text(notebook))) if models else notebook


def cover(root=ROOT):
    """The figure that the landing page and the README show, as PNG: a chapter's stored output."""
    chapter, id = COVER_CELL
    cell = next(cell for cell in read(root / f"chapters/{chapter}.ipynb").cells if cell.id == id)
    return base64.b64decode(next(o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})))


def masked(text, root=ROOT):
    """``text`` without what nbval too leaves uncompared: the measured numbers."""
    rules = (root / "tests/nbval_sanitize.cfg").read_text("utf-8")
    for pattern, replacement in re.findall(r"^regex: (.*)\nreplace: (.*)$", rules, re.M):
        text = re.sub(pattern, replacement, text)
    return text


def same_output(stored, fresh, *, exactly):
    """Whether two outputs are the same: pictures by their pixels, all else to the letter or, if not ``exactly``, with
    the measured numbers masked and the metadata, which repeat them, left out."""
    if stored.output_type != fresh.output_type:
        return False
    if exactly and stored.get("metadata") != fresh.get("metadata"):
        return False
    old, new = ({"text": o.text} if o.output_type == "stream" else o.get("data", {}) for o in (stored, fresh))
    if old.keys() != new.keys() or stored.get("name") != fresh.get("name"):
        return False
    return all(_same(kind, old[kind], new[kind], exactly) for kind in old)


def _same(kind, old, new, exactly):
    if old == new:
        return True
    if kind == "image/png":
        return _pixels(old) == _pixels(new)
    return not exactly and isinstance(old, str) and isinstance(new, str) and masked(old) == masked(new)


def _pixels(png):
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    return image.size, image.tobytes()
