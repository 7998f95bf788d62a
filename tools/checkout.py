"""This checkout of the book: where it is, its version and address, what it pins, which files git holds."""

import re
import subprocess
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def version(root=ROOT):
    """The book's version, which is bnlib's."""
    return re.search(r'^__version__ = "(.+)"', (root / "bnlib/__init__.py").read_text("utf-8"), re.M)[1]


def address(root=ROOT):
    """The repository's address, as _config.yml gives it."""
    return yaml.safe_load((root / "_config.yml").read_text("utf-8"))["repository"]["url"]


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


def files(root=ROOT):
    """The names of the files under version control and of those that are about to be: what git does not ignore."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return [name for name in names if name and (root / name).is_file()]  # a deleted one is listed until it is committed
