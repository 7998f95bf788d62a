"""What must hold before pages or a release go out: ``python tools/publication.py pages`` or ``… release TAG``.

The set-up cell of every chapter installs a release of the book by its address. So a fork should put its own address
there (`make repository`), must do so once it has changed bnlib, and a release must be what that cell installs.
"""

import io
import os
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path

import chapters
from checkout import ROOT


class NotFitError(Exception):
    """What is about to be published would mislead its readers; the message says how, in one line."""


def release_url(root=ROOT):
    """The address from which the set-up cells install."""
    return next(word for word in chapters.setup_source(root).split() if word.endswith(".zip"))


def check_pages(repository, root=ROOT, download=None):
    """A warning for a fork whose set-up cells still name the original, else None; NotFitError if it changed bnlib."""
    url = release_url(root)
    if url.startswith(f"{repository}/"):
        return None
    advice = f"The set-up cells install {url}, not this repository: make repository URL={repository}"
    try:
        released = bnlib_of((download or fetch)(url))
    except OSError as error:
        return f"{advice} (whether bnlib is the same could not be seen: {error})"
    ours = {path.name: path.read_bytes() for path in (root / "bnlib").iterdir() if path.is_file()}
    if released != ours:
        raise NotFitError(f"bnlib differs from what the set-up cells would give readers. {advice}")
    return advice


def check_release(tag, repository, root=ROOT):
    """NotFitError unless the tag's archive is what the set-up cells install."""
    url = f"{repository}/archive/refs/tags/{tag}.zip"
    if release_url(root) != url:
        raise NotFitError(f"The set-up cells install {release_url(root)}, and this release is {url}")


def check_archive(url, version):
    """NotFitError unless pip makes a bnlib of this version from the archive, as a set-up cell does."""
    with tempfile.TemporaryDirectory() as folder:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, url]
        if subprocess.run(install).returncode:
            raise NotFitError(f"pip could not install {url}")
        code = "import bnlib.normalization, bnlib; print(bnlib.__version__, bnlib.__file__)"
        environment = os.environ | {"PYTHONPATH": folder}
        said = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env=environment, check=True, capture_output=True, text=True
        ).stdout
    found, place = said.strip().split(" ", 1)
    if found != version or not Path(place).is_relative_to(folder):
        raise NotFitError(f"{url} holds bnlib {found} (read from {place}), and this is {version}")


def bnlib_of(archive):
    """Name → content of the files in bnlib, from a zip of the book."""
    with zipfile.ZipFile(io.BytesIO(archive)) as book:
        names = [name for name in book.namelist() if name.count("/") == 2 and name.split("/")[1] == "bnlib"]
        return {name.split("/")[2]: book.read(name) for name in names if not name.endswith("/")}


def fetch(url):
    with urllib.request.urlopen(url, timeout=60) as reply:
        return reply.read()


def main(arguments):
    repository = f"{os.environ['GITHUB_SERVER_URL']}/{os.environ['GITHUB_REPOSITORY']}"
    try:
        if arguments == ["pages"]:
            if warning := check_pages(repository):
                print(f"::warning::{warning}")
        else:
            _, tag = arguments
            check_release(tag, repository)
            check_archive(release_url(), tag.removeprefix("v"))
    except NotFitError as error:
        sys.exit(f"::error::{error}")


if __name__ == "__main__":
    main(sys.argv[1:])
