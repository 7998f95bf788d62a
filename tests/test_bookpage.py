"""The pages' links follow the repository that builds them; scripts from npm are what assets.json says they are."""

import base64
import hashlib
import io
import subprocess
import sys
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "_ext"))

import bookpage
import npm_assets

ADDRESS = "https://github.com/a-fork/of-the.book"


@pytest.mark.parametrize(
    "remote",
    [
        "git@github.com:a-fork/of-the.book.git",
        "ssh://git@github.com/a-fork/of-the.book",
        "ssh://git@github.com:22/a-fork/of-the.book.git",
        "https://github.com/a-fork/of-the.book.git",
        "https://a-token@github.com/a-fork/of-the.book/",
    ],
)
def test_a_remote_has_a_web_address(remote):
    assert bookpage.web_address(remote) == ADDRESS


@pytest.mark.parametrize("remote", ["", "../book", "/srv/git/book.git", "file:///srv/git/book.git"])
def test_a_folder_has_none(remote):
    assert bookpage.web_address(remote) is None


def test_the_workflow_goes_before_the_origin(tmp_path):
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    assert bookpage.building_repository(tmp_path, {}) is None
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", f"{ADDRESS}.git"], check=True)
    assert bookpage.building_repository(tmp_path, {}) == ADDRESS
    workflow = {"GITHUB_REPOSITORY": "name/book", "GITHUB_SERVER_URL": "https://example.org"}
    assert bookpage.building_repository(tmp_path, workflow) == "https://example.org/name/book"


@pytest.mark.parametrize(
    ("name", "kind", "branch"),
    [("main", "branch", "main"), ("7/merge", "branch", None), ("v0.1.0", "tag", None), ("", "", None)],
)
def test_links_name_a_branch_that_one_can_open(name, kind, branch):
    assert bookpage.building_branch({"GITHUB_REF_NAME": name, "GITHUB_REF_TYPE": kind}) == branch


def theme_options(tmp_path, monkeypatch, **options):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    monkeypatch.delenv("GITHUB_REF_NAME", raising=False)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    config = SimpleNamespace(
        html_theme_options={"launch_buttons": {"colab_url": "…"}, "use_issues_button": True, **options}
    )
    bookpage.follow_repository(SimpleNamespace(srcdir=tmp_path), config)
    return config.html_theme_options


def test_no_button_where_no_repository_is_known(tmp_path, monkeypatch):
    options = theme_options(tmp_path, monkeypatch, repository_url="https://github.com/OWNER/batchnorm-book")
    assert (options["repository_url"], options["launch_buttons"], options["use_issues_button"]) == ("", {}, False)


def test_buttons_where_one_is_known(tmp_path, monkeypatch):
    options = theme_options(tmp_path, monkeypatch, repository_url=ADDRESS)
    assert (options["repository_url"], options["repository_branch"]) == (ADDRESS, "main")
    assert options["launch_buttons"] and options["use_issues_button"]


@pytest.fixture
def asset(tmp_path):
    """A package in the cache, with one file that assets.json asks for and one that it does not."""
    tarball = tmp_path / "toy-1.0.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        for name in ("package/dist/toy.js", "package/dist/toy.js.map"):
            info = tarfile.TarInfo(name)
            info.size = 3
            archive.addfile(info, io.BytesIO(b"toy"))
    checksum = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    return {"package": "toy@1.0", "sha512": checksum, "from": "package/dist", "files": ["*.js"]}


def test_the_files_asked_for_are_installed(asset, tmp_path, monkeypatch):
    monkeypatch.setattr(npm_assets, "CACHE", tmp_path)
    npm_assets.install("toy", asset, "no-node", tmp_path / "static")
    assert sorted(path.name for path in (tmp_path / "static/toy").iterdir()) == [".sha512", "toy.js"]


def test_a_wrong_checksum_is_refused_and_not_kept(asset, tmp_path):
    with pytest.raises(npm_assets.AssetError, match=r"toy@1\.0: the checksum is .* as in assets\.json"):
        npm_assets.fetch(asset | {"sha512": "something else"}, "no-node", tmp_path)
    assert not list(tmp_path.glob("*.tgz"))


def test_a_failed_download_is_one_line(asset, tmp_path, monkeypatch):
    monkeypatch.setattr(
        npm_assets, "npm", lambda node, cache: [sys.executable, "-c", "raise SystemExit('error: no way')"]
    )
    with pytest.raises(npm_assets.AssetError, match=r"toy@2\.0 could not be downloaded.*error: no way") as raised:
        npm_assets.fetch(asset | {"package": "toy@2.0"}, "no-node", tmp_path)
    assert "\n" not in str(raised.value)
