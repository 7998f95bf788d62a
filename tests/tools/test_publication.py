"""Before publication: a fork is warned, or refused once it changed bnlib; a release is what the set-up cell installs."""

import io
import shutil
import zipfile

import pytest

import chapters
import publication
from checkout import ROOT

ORIGINAL = "https://github.com/name/book"
FORK = "https://github.com/a-fork/of-the.book"
VERSION = "0.1.0"


@pytest.fixture
def book(tmp_path):
    """As much of the book as publication looks at, under an address of its own."""
    shutil.copytree(ROOT / "bnlib", tmp_path / "bnlib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE", "LICENSE-CONTENT"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "_config.yml").write_text(f"repository:\n  url: {ORIGINAL}\n", "utf-8")
    init = (ROOT / "bnlib/__init__.py").read_text("utf-8")
    current = chapters.setup_source(ROOT).split("/tags/v")[1].split(".zip")[0]
    (tmp_path / "bnlib/__init__.py").write_text(init.replace(current, VERSION), "utf-8")
    return tmp_path


def archive(root):
    """The zip that GitHub makes of a tag."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for path in root.rglob("*"):
            if path.is_file():
                book.write(path, f"book-{VERSION}/{path.relative_to(root)}")
    return packed.getvalue()


def test_the_book_itself_is_neither_warned_nor_compared(book):
    assert publication.check_pages(ORIGINAL, book, download=lambda url: pytest.fail("nothing to fetch")) is None


def test_a_fork_is_warned(book):
    warning = publication.check_pages(FORK, book, download=lambda url: archive(book))
    assert f"{ORIGINAL}/archive/refs/tags/v{VERSION}.zip" in warning and f"make repository URL={FORK}" in warning


def test_a_fork_that_changed_bnlib_is_refused(book):
    released = archive(book)
    (book / "bnlib/theory.py").write_text("changed = True\n")
    with pytest.raises(publication.NotFitError, match=r"bnlib differs .* make repository URL="):
        publication.check_pages(FORK, book, download=lambda url: released)


def test_a_fork_that_cannot_be_compared_is_warned(book):
    def fail(url):
        raise OSError("404")

    assert "could not be seen: 404" in publication.check_pages(FORK, book, download=fail)


def test_a_release_is_what_the_set_up_cell_installs(book):
    publication.check_release(f"v{VERSION}", ORIGINAL, book)
    for tag, repository in [("v9.9.9", ORIGINAL), (f"v{VERSION}", FORK)]:
        with pytest.raises(publication.NotFitError, match="and this release is"):
            publication.check_release(tag, repository, book)


def test_the_archive_is_installed_and_its_version_compared(book, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "book.zip"
    path.write_bytes(archive(book))
    publication.check_archive(path.as_uri(), VERSION)
    with pytest.raises(publication.NotFitError, match=f"holds bnlib {VERSION}.* this is 9.9.9"):
        publication.check_archive(path.as_uri(), "9.9.9")
