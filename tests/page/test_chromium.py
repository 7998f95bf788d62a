"""A Chromium is found where it may be, installed where that disturbs nobody, and else asked for in one line."""

import pytest

import chromium


def program(folder, name):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """A machine without a Chromium, on which nobody is root; its PATH."""
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(chromium, "CONTAINER_MARKS", ())
    (tmp_path / "bin").mkdir()
    return {"PATH": str(tmp_path / "bin")}


def test_the_named_one_goes_before_the_path(tmp_path, nowhere):
    found, named = program(tmp_path / "bin", "chromium"), program(tmp_path / "named", "mine")
    assert chromium.find(nowhere) == str(found)
    assert chromium.find(nowhere | {"CHROMIUM": str(named)}) == str(named)


def test_a_name_that_is_no_program_is_refused(nowhere, tmp_path):
    with pytest.raises(chromium.NoBrowserError, match=r"CHROMIUM must name a program; '.*gone' is none"):
        chromium.find(nowhere | {"CHROMIUM": str(tmp_path / "gone")})


def test_where_there_is_none_one_line_says_what_to_do(nowhere):
    assert chromium.find(nowhere) is None
    with pytest.raises(chromium.NoBrowserError, match=r"CHROMIUM, or run '.*playwright install chromium'") as raised:
        chromium.ensure(nowhere | {"CI": "true"})
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("where", ["CI", "container"])
def test_root_in_ci_or_a_container_gets_debians(nowhere, tmp_path, monkeypatch, where):
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    if where == "container":
        monkeypatch.setattr(chromium, "CONTAINER_MARKS", (str(tmp_path),))
        environment = nowhere
    else:
        environment = nowhere | {"CI": "true"}
    folder = tmp_path / "bin"
    apt = program(folder, "apt-get")
    apt.write_text(
        f'#!/bin/sh\ncase "$*" in *"install"*chromium*) /bin/cp {apt} {folder}/chromium;; esac\n', encoding="utf-8"
    )
    assert chromium.ensure(environment) == str(folder / "chromium")


def test_root_elsewhere_is_left_alone(nowhere, tmp_path, monkeypatch):
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    program(tmp_path / "bin", "apt-get").write_text(f"#!/bin/sh\n/bin/touch {tmp_path}/called\n")
    with pytest.raises(chromium.NoBrowserError):
        chromium.ensure(nowhere)
    assert not (tmp_path / "called").exists()
