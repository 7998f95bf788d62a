"""The book as a fork of it builds it, one Chromium and one server for all tests of the pages."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "_ext"), str(Path(__file__).parent)]

import chromium  # noqa: E402
import npm_assets  # noqa: E402
from checks import FORK  # noqa: E402


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The built pages of a clone whose origin is a made-up fork, so that every button is there."""
    clone = tmp_path_factory.mktemp("fork") / "book"
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (ROOT / name).is_file() and not name.startswith("tests/"):
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    npm_assets.unpacked("mathjax")
    (clone / ".cache").symlink_to(npm_assets.CACHE)
    subprocess.run(["git", "init", "--quiet", str(clone)], check=True)
    origin = ["remote", "add", "origin", f"git@github.com:{FORK}.git"]
    subprocess.run(["git", "-C", str(clone), *origin], check=True)
    build = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-W", "-n", "--keep-going"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
    built = subprocess.run(build, cwd=clone, env=environment, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    return clone / "_build/html"


@pytest.fixture(scope="session")
def address(site):
    with chromium.serving(site) as address:
        yield address


@pytest.fixture(scope="module")  # no longer: while it is open an event loop runs, and other tests want their own
def browser():
    with chromium.running() as browser:
        yield browser
