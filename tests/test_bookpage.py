"""What the extension makes of the pages, in pieces; tests/page looks at the pages themselves."""

import base64
import hashlib
import io
import re
import subprocess
import sys
import tarfile
from types import SimpleNamespace

import pytest
from docutils import nodes
from sphinx.errors import ExtensionError

import bookpage
import chapters
import formulas
import icons
import npm_assets
import sliders

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


@pytest.mark.parametrize("address", ["https://github.com/OWNER/batchnorm-book", "https://git.example.org/name/book"])
def test_no_button_where_no_repository_is_known(tmp_path, monkeypatch, address):
    options = theme_options(tmp_path, monkeypatch, repository_url=address, use_edit_page_button=True)
    assert (options["repository_url"], options["launch_buttons"]) == ("", {})
    assert not options["use_issues_button"] and not options["use_edit_page_button"]


def test_buttons_where_one_is_known(tmp_path, monkeypatch):
    options = theme_options(tmp_path, monkeypatch, repository_url=ADDRESS)
    assert (options["repository_url"], options["repository_branch"]) == (ADDRESS, "main")
    assert options["launch_buttons"] and options["use_issues_button"]


@pytest.mark.parametrize(
    ("name", "used"),
    [("copybutton.js", True), ("sphinx-thebe.js", False), ("design-tabs.js", False), ("searchtools.js", False)],
)
def test_scripts_that_no_page_uses_are_left_out(name, used):
    context = {"script_files": [name], "css_files": []}
    bookpage.drop_unused(None, "chapters/mechanism", "page.html", context, None)
    assert context["script_files"] == [name] * used
    tag = f'<script defer src="_static/{name}?v=1"></script>'
    assert context["trim"](f"<a>{tag}</a>") == ("<a>" + tag * used + "</a>")


def test_the_page_that_searches_keeps_the_index():
    context = {"script_files": ["searchtools.js"], "css_files": []}
    bookpage.drop_unused(None, "search", "search.html", context, None)
    assert context["script_files"] == ["searchtools.js"]


def test_a_report_names_page_and_version():
    url = bookpage.report(ADDRESS, "chapters/mechanism", "0.1.0")["url"]
    assert url.startswith(f"{ADDRESS}/issues/new?title=Error%20in%20chapters%2Fmechanism&body=")
    assert "Version%3A%200.1.0" in url


def test_formulas_are_typeset_with_their_source():
    (inline, block), css = formulas.typeset([(r"\hat x < 1", False), (r"\frac12", True)], "a page")
    assert "<mjx-math" in inline and '<annotation encoding="application/x-tex">\\hat x &lt; 1</annotation>' in inline
    assert "<mjx-frac" in block and 'display="true"' in block
    assert "mjx-frac" in css and "FONTS/MathJax_Main-Regular.woff" in css


@pytest.mark.parametrize("formula", [r"\frac{1", r"\nosuchthing", "x^2^3"])
def test_a_formula_that_is_none_stops_the_build(formula):
    with pytest.raises(ExtensionError, match=r"a page: a formula cannot be typeset\. .+"):
        formulas.typeset([(formula, False)], "a page")


def test_a_formula_keeps_its_punctuation():
    before, math, after = nodes.Text("as here ("), nodes.math("", "x"), nodes.Text("), and on")
    formulas.keep_with_punctuation(None, line := nodes.paragraph("", "", before, math, after))
    assert [child.astext() for child in line] == ["as here ", "x", " and on"]
    assert (math["before"], math["after"]) == ("(", "),")


def cell(*lines):
    """A code cell as myst-nb reads it, with a Markdown output for each line; one with ``folded`` before it is a fold."""
    outputs = nodes.container(nb_element="cell_code_output")
    for line in lines:
        markdown = nodes.container("", nodes.paragraph("", line.removeprefix("folded ")), mime_type="text/markdown")
        if line.startswith("folded "):
            start = '<details class="claim-folded"><summary>One more statement, checked here</summary>'
            markdown.insert(0, nodes.raw("", start, format="html"))
            markdown += nodes.raw("", "</details>", format="html")
        plain = nodes.container("", nodes.literal_block("", "a claim"), mime_type="text/plain")
        outputs += nodes.container("", markdown, plain, nb_element="mime_bundle")
    source = nodes.container("", nodes.literal_block("", "claim(…)"), nb_element="cell_code_source")
    return nodes.container("", source, outputs, nb_element="cell_code")


def shape(node):
    """The text of folds and sentences, in order."""
    wanted = [part for part in node.findall() if isinstance(part, nodes.raw | nodes.paragraph)]
    return [re.sub(r"<(/?)\w+[^>]*>", r"\1", part.astext()).replace(", checked here", "") for part in wanted]


ONE = "One more statement/"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([cell("folded A")], [ONE, "A", "/"]),
        (
            [cell("folded A"), cell("folded B"), cell("folded C"), nodes.paragraph("", "text"), cell("folded D")],
            ["3 more statements/", "A", "B", "C", "/", "text", ONE, "D", "/"],
        ),
        ([cell("folded A"), cell("told"), cell("folded B")], [ONE, "A", "/", "told", ONE, "B", "/"]),
        ([cell("folded A", "folded B"), cell("folded C")], ["3 more statements/", "A", "B", "C", "/"]),  # a loop
        ([cell("folded A"), cell(), cell("told", "folded B")], [ONE, "A", "/", "told", ONE, "B", "/"]),
    ],
)
def test_neighbouring_folded_claims_share_a_fold(parts, expected):
    section = nodes.section("", nodes.title("", "Title"), *parts)
    bookpage.gather_folded_claims(None, section)
    assert shape(section) == expected
    assert all(part.parent is section for part in parts)


def stored_slider():
    """The widget state that frame_slider leaves in a notebook, cut down to what matters."""
    models = {
        "box": {"children": ["IPY_MODEL_control", "IPY_MODEL_stack"]},
        "control": {
            "_model_name": "SelectionSliderModel",
            "_options_labels": ["1", "<2>"],
            "index": 1,
            "description": "σ & τ",
        },
        "stack": {"children": ["IPY_MODEL_one", "IPY_MODEL_two"]},
        "one": {"value": "<svg>1</svg>"},
        "two": {"value": "<svg>2</svg>"},
    }
    return {name: {"state": state} for name, state in models.items()}


def test_a_stored_slider_becomes_html():
    html = sliders.slider(stored_slider(), "box", "slider-1")
    assert '<label for="slider-1">σ &amp; τ</label>' in html
    assert 'type="range" min="0" max="1" value="1"' in html and 'aria-valuetext="&lt;2&gt;"' in html
    assert '<div class="slider-frame" data-value="1" hidden><svg>1</svg></div>' in html
    assert '<div class="slider-frame" data-value="&lt;2&gt;"><svg>2</svg></div>' in html


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("box", {"children": ["IPY_MODEL_control"]}),
        ("control", {"_options_labels": ["1"]}),
        ("control", {"_model_name": "IntSliderModel"}),
        ("stack", {"children": ["IPY_MODEL_gone", "IPY_MODEL_two"]}),
    ],
)
def test_another_widget_is_refused(name, change):
    models = stored_slider()
    models[name]["state"] |= change
    with pytest.raises((KeyError, ValueError)):
        sliders.slider(models, "box", "slider-1")


def test_icons_that_pages_use_are_drawn_under_any_of_their_names():
    html = '<i class="fas fa-pencil-alt"></i><span class="fa-solid fa-bars"></span><p class="fa-not-an-icon"></p>'
    names = icons.icons_on(html)
    assert names == {"pencil-alt", "bars"}
    for name in names:
        assert f".fa-{name} {{ --icon: url(" in icons.styles(names)


def test_an_icon_that_does_not_exist_stops_the_build():
    with pytest.raises(ExtensionError, match="no 'nosuchicon'"):
        icons.styles({"nosuchicon"})


def test_the_cover_is_the_chapters_figure():
    assert (chapters.ROOT / chapters.COVER).read_bytes() == chapters.cover(), "run make execute"
    for name in ("intro.md", "README.md"):
        assert chapters.COVER in (chapters.ROOT / name).read_text("utf-8")


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


def test_the_files_asked_for_are_unpacked_once(asset, tmp_path):
    folder = npm_assets.unpack(asset, "no-node", tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [".sha512", "toy.js"]
    (folder / "toy.js").write_text("kept")
    assert npm_assets.unpack(asset, "no-node", tmp_path) == folder
    assert (folder / "toy.js").read_text() == "kept"


def test_a_wrong_checksum_is_refused_and_not_kept(asset, tmp_path):
    with pytest.raises(npm_assets.AssetError, match=r"toy@1\.0: the checksum is .* as in assets\.json"):
        npm_assets.fetch(asset | {"sha512": "something else"}, "no-node", tmp_path)
    assert not list(tmp_path.glob("*.tgz"))


def test_a_failed_download_is_one_line(asset, tmp_path, monkeypatch):
    monkeypatch.setattr(
        npm_assets, "command", lambda name, node, cache: [sys.executable, "-c", "raise SystemExit('error: no way')"]
    )
    with pytest.raises(npm_assets.AssetError, match=r"toy@2\.0 could not be downloaded.*error: no way") as raised:
        npm_assets.fetch(asset | {"package": "toy@2.0"}, "no-node", tmp_path)
    assert "\n" not in str(raised.value)
