"""What holds the project's files together. Each check lists what is wrong; each is also tried on files that are wrong."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import notebooks  # noqa: E402
import repository  # noqa: E402

HOUSE = ["_config.yml", "_toc.yml", "references.bib", "references.md", "intro.md", "pyproject.toml", "requirements.txt"]
HOUSE += [
    ".pre-commit-config.yaml",
    "LICENSE",
    "LICENSE-CONTENT",
    "CITATION.cff",
    "bnlib/__init__.py",
    "README.md",
    "Makefile",
]


def read(root, name):
    return (root / name).read_text("utf-8")


def chapters(root):
    return [(path, notebooks.read(path)) for path in notebooks.chapter_paths(root=root)]


def addresses(root):
    """Set-up cells that install from another address than _config.yml's."""
    address = yaml.safe_load(read(root, "_config.yml"))["repository"]["url"]
    for path, notebook in chapters(root):
        code = "".join(cell.source for cell in notebook.cells if cell.get("id") == "setup")
        if re.findall(r"https://\S+?(?=/archive/)", code) != [address]:
            yield f"{path.name}, cell setup: must install from {address}, the address in _config.yml"


def pins(root):
    """Lines of requirements.txt that are no plain exact pin, pins of one machine, and what is not pinned."""
    pinned = set()
    for line in read(root, "requirements.txt").splitlines():
        if line.startswith("#"):
            continue
        if not (match := re.fullmatch(r"([A-Za-z0-9._-]+)==[0-9][0-9A-Za-z.]*", line)):
            yield f"requirements.txt: {line!r} must be name==version, with nothing after it"
        elif re.match(r"(nvidia|cuda)[-_]|(triton|pip|setuptools)==", line.lower()):
            yield f"requirements.txt: {line!r} belongs to one machine"
        else:
            pinned.add(canonicalize_name(match[1]))
    project = tomllib.loads(read(root, "pyproject.toml"))["project"]
    for wanted in [project["dependencies"], *project["optional-dependencies"].values()]:
        for name in (canonicalize_name(Requirement(line).name) for line in wanted):
            if name not in pinned:
                yield f"requirements.txt: no pin for {name}, which pyproject.toml names"


def contents(root):
    """Chapters that _toc.yml does not list, and entries that have no chapter."""
    listed = {entry["file"] for entry in yaml.safe_load(read(root, "_toc.yml"))["chapters"]} - {"references"}
    present = {f"chapters/{path.stem}" for path in notebooks.chapter_paths(root=root)}
    yield from (f"_toc.yml: {name} is no chapter" for name in sorted(listed - present))
    yield from (f"_toc.yml: {name} is missing" for name in sorted(present - listed))
    yield from (
        f"{name}: a chapter's name does not start with a digit" for name in sorted(present) if name[9].isdigit()
    )


def reading_order(root):
    """The landing page's map, if it is not the chapters of _toc.yml in their order."""
    listed = [f"{entry['file']}.ipynb" for entry in yaml.safe_load(read(root, "_toc.yml"))["chapters"]]
    mapped = re.findall(r"^\| \[[^\]]+\]\(([^)]+)\)", read(root, "intro.md"), re.M)
    if mapped != [name for name in listed if name.startswith("chapters/")]:
        yield f"intro.md: the map's rows are the chapters of _toc.yml, in its order; got {', '.join(mapped) or 'none'}"


def citations(root):
    """Sources that a chapter links to without an entry in references.bib, and entries that are doubled or not linked to.

    A source is a DOI or arXiv page anywhere, and whatever the chapter lists under its References.
    """
    bibliography = read(root, "references.bib")
    keys = re.findall(r"^@\w+\{([^,]+),", bibliography, re.M)
    yield from (f"references.bib: two entries {key}" for key in sorted(set(keys)) if keys.count(key) > 1)
    known = {paper(link) for link in re.findall(r"\b(?:url|doi)\s*=\s*\{([^}]+)\}", bibliography)}
    linked = {paper(link) for _, notebook in chapters(root) for cell in notebook.cells for link in links(cell)}
    yield from (f"references.bib: no chapter links to {source}" for source in sorted(known - linked))
    for path, notebook in chapters(root):
        for cell in notebook.cells:
            for link in links(cell):
                is_source = cell.id == "references" or re.search(r"//(dx\.)?(doi|arxiv)\.org/", link)
                if is_source and paper(link) not in known:
                    yield f"{path.name}, cell {cell.id}: {link} has no entry in references.bib"


def links(cell):
    return re.findall(r"https?://[^\s)>\"]+", cell.source)


def paper(link):
    """A DOI or arXiv number, however it is written."""
    link = re.sub(r"^https?://(dx\.)?(doi|arxiv)\.org/", "", link.strip()).lower()
    return re.sub(r"^(abs|pdf)/|v\d+$|\.pdf$", "", link)


def licences(root):
    """Licence files without their licence, and places that name another one."""
    for name, sentence in {
        "LICENSE": "Permission is hereby granted, free of charge",
        "LICENSE-CONTENT": "https://creativecommons.org/licenses/by/4.0/legalcode",
    }.items():
        if sentence not in read(root, name):
            yield f"{name}: must hold {sentence!r}"
    if yaml.safe_load(read(root, "CITATION.cff"))["license"] != ["MIT", "CC-BY-4.0"]:
        yield "CITATION.cff: the licences are MIT and CC-BY-4.0"
    if tomllib.loads(read(root, "pyproject.toml"))["project"]["license"] != "MIT":
        yield "pyproject.toml: bnlib's licence is MIT"


def versions(root):
    """Files that name another version of the book, or of a tool that pre-commit and `make lint` both run."""
    code = ast.parse(read(root, "bnlib/__init__.py"))
    version = next(node.value.value for node in code.body if isinstance(node, ast.Assign))
    if str(yaml.safe_load(read(root, "CITATION.cff"))["version"]) != version:
        yield f"CITATION.cff: the version is bnlib's, {version}"
    pinned = dict(line.split("==") for line in read(root, "requirements.txt").splitlines() if "==" in line)
    revisions = {
        hooks["repo"].split("/")[-1]: hooks["rev"]
        for hooks in yaml.safe_load(read(root, ".pre-commit-config.yaml"))["repos"]
    }
    for tool, repo in {"ruff": "ruff-pre-commit", "codespell": "codespell"}.items():
        if revisions[repo] != f"v{pinned[tool]}":
            yield f".pre-commit-config.yaml: {repo} is at {revisions[repo]}, requirements.txt has {tool} {pinned[tool]}"


def commands(root):
    """Commands of the Makefile that the README does not explain, and the other way round."""
    made = set(re.findall(r"^([a-z]+):", read(root, "Makefile"), re.M)) - {"help"}
    told = set(re.findall(r"^\| `make ([a-z]+)", read(root, "README.md"), re.M))
    yield from (f"README.md: no row for make {name}" for name in sorted(made - told))
    yield from (f"README.md: there is no make {name}" for name in sorted(told - made))


def tracked(root):
    """Files under version control, with those that are about to be: what git does not ignore."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return [name for name in names if name and (root / name).is_file()]


def strangers(root):
    """Tracked files that belong to one machine, were generated, or name somebody else's package."""
    paths = re.compile(r"(?<![\w.])/(root|home|Users)/\w|[A-Z]:\\\\?Users\\|" + re.escape(f"{ROOT}/"))
    package = re.compile(r"pip3? install[^\n`]*?[ \"']bnlib\b(?!\.)")
    for name in tracked(root):
        if re.match(r"_build/|\.venv/|\.cache/|(?!_ext/templates/).*\.html$|.*\.pyc$", name):
            yield f"{name}: is generated; git should not hold it"
        try:
            text = read(root, name)
        except UnicodeDecodeError:
            continue
        if found := paths.search(text):
            yield f"{name}: holds a path of one machine, {found[0]}…"
        if found := package.search(text):
            yield f"{name}: {found[0]!r} fetches somebody else's package"


CHECKS = [addresses, pins, contents, reading_order, citations, licences, versions, commands, strangers]


@pytest.mark.parametrize("check", CHECKS)
def test_house(check):
    assert list(check(ROOT)) == []


@pytest.fixture
def copy(tmp_path):
    """The house in a place of its own, under git, with its first chapter."""
    for name in HOUSE:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "chapters").mkdir()
    for path in notebooks.chapter_paths():
        shutil.copy(path, tmp_path / "chapters")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def change(root, name, old, new):
    text = read(root, name)
    assert old in text, f"{name} no longer holds {old!r}"
    (root / name).write_text(text.replace(old, new), "utf-8")


OURS, HOME = "bnlib", "home"  # apart, so that this file holds no violation itself
VIOLATIONS = [
    (addresses, "_config.yml", "github.com/", "example.org/"),
    (pins, "requirements.txt", "\nnumpy==", "\nNumPy>="),
    (pins, "requirements.txt", "\ntorch==", "\ntorch==2.6.0+cpu\nold-torch=="),
    (pins, "requirements.txt", "\nruff==", "\nnvidia-cublas==13.0\nruff=="),
    (pins, "requirements.txt", "\nruff==", "\ntriton==3.0\nruff=="),
    (pins, "requirements.txt", "\nruff==", "\nsix==1.17.0 --hash=sha256:00\nruff=="),
    (pins, "requirements.txt", "\nruff==", "\nextra[all]==1.0\nruff=="),
    (pins, "pyproject.toml", '"codespell"', '"codespell", "left-pad"'),
    (contents, "_toc.yml", "chapters/mechanism", "chapters/mechanics"),
    (
        reading_order,
        "_toc.yml",
        "chapters/bias\n  - file: chapters/scale-invariance",
        "chapters/scale-invariance\n  - file: chapters/bias",
    ),
    (reading_order, "intro.md", "| [The futility of a bias](chapters/bias.ipynb)", "| The futility of a bias"),
    (citations, "references.bib", "1502.03167", "1502.00000"),
    (
        citations,
        "references.bib",
        "@inproceedings{ioffe2015",
        "@misc{nobody, url = {https://arxiv.org/abs/1}}\n\n@inproceedings{ioffe2015",
    ),
    (citations, "references.bib", "santurkar2018,", "ioffe2015,"),
    (citations, "references.bib", "jstor.org/stable/2683386", "jstor.org/stable/1"),
    (licences, "LICENSE", "Permission is hereby granted", "Permission is refused"),
    (licences, "LICENSE-CONTENT", "by/4.0/legalcode", "by-nc/4.0/legalcode"),
    (licences, "CITATION.cff", "CC-BY-4.0", "CC-BY-NC-4.0"),
    (versions, "CITATION.cff", "version: 0", "version: 9"),
    (versions, ".pre-commit-config.yaml", "codespell\n    rev: v", "codespell\n    rev: v9."),
    (commands, "README.md", "| `make lock`", "| `make block`"),
    (strangers, "README.md", "`make lock`", f"/{HOME}/somebody/book"),
    (strangers, "README.md", "`make lock`", f"pip install {OURS}"),
    (strangers, "README.md", "`make lock`", f"pip install -q --no-deps '{OURS}'"),
]


@pytest.mark.parametrize(("check", "name", "old", "new"), VIOLATIONS)
def test_each_check_finds_a_violation(copy, check, name, old, new):
    change(copy, name, old, new)
    assert list(check(copy))


def test_generated_pages_are_found(copy):
    (copy / "_build").mkdir()
    (copy / "_build/index.html").write_text("<html>")
    assert list(strangers(copy))


def test_a_chapter_left_out_of_the_contents_is_found(copy):
    shutil.copy(notebooks.chapter_paths()[0], copy / "chapters/2nd.ipynb")
    assert len(list(contents(copy))) == 2


def test_another_repository_is_named_everywhere(copy):
    changed = repository.point_at("https://github.com/a-fork/of-the.book.git", copy)
    assert {path.name for path in changed} == {"_config.yml", *(path.name for path in notebooks.chapter_paths())}
    assert "https://github.com/a-fork/of-the.book\n" in read(copy, "_config.yml")
    assert list(addresses(copy)) == []
    assert repository.point_at("https://github.com/a-fork/of-the.book/", copy) == []


@pytest.mark.parametrize(
    "address", ["", "name/book", "http://github.com/name/book", "https://github.com/name", "https://x.y/a/b/c"]
)
def test_what_is_no_repository_is_refused(copy, address):
    before = read(copy, "_config.yml")
    with pytest.raises(ValueError, match="must be a repository's address"):
        repository.point_at(address, copy)
    assert read(copy, "_config.yml") == before
