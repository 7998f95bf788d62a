"""What the extension makes of the pages, in pieces; tests/page looks at the pages themselves."""

import base64
import hashlib
import io
import math
import re
import subprocess
import sys
import tarfile
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from docutils import nodes
from docutils.utils import new_document
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from sphinx.errors import ExtensionError

import bookpage
import cells
import chapters
import claimed
import formulas
import icons
import ledger
import lesson
import npm_assets
import places
import predictions
import sliders
import strips
from bnlib.claims import Claim
from cells import raw

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


@pytest.mark.parametrize(("body", "used"), [('<form class="filter">', True), ("", False)])
def test_only_pages_that_filter_have_the_script_for_it(body, used):
    context = {"script_files": ["filter.js"], "css_files": [], "body": body}
    bookpage.drop_unused(None, "ledger", "page.html", context, None)
    assert context["script_files"] == ["filter.js"] * used


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


# Claims, beside their records


def record(statement="The mean is {}.", values=(3.0,), band=(2.0, 4.0), control=("of all", 9.0), **given):
    made = Claim(statement, tuple(values), *band, control=control, **given)
    return made.to_record() | {"id": "a-claim"}


def cell(index, *claims, folded=False):
    """A code cell as myst-nb reads it, with an output for each claim, folded or not."""
    outputs = nodes.container(nb_element="cell_code_output")
    for sentence in claims:
        line = nodes.paragraph("", "", raw('<span class="claim-mark">'), nodes.Text("✓"), raw("</span>"))
        line += [nodes.Text(f" {sentence} is "), nodes.strong("", "", raw('<span class="measured">'), nodes.Text("1"))]
        line += [raw('<span class="claim-dot">'), nodes.Text(" · "), raw("</span>"), nodes.Text("accepted at most 1")]
        markdown = nodes.container("", line, mime_type="text/markdown")
        if folded:
            markdown.insert(0, raw('<details class="claim-folded"><summary>One more statement, checked here</summary>'))
            markdown += raw("</details>")
        plain = nodes.container("", nodes.literal_block("", "a claim"), mime_type="text/plain")
        outputs += nodes.container("", markdown, plain, nb_element="mime_bundle")
    source = nodes.container("", nodes.literal_block("", "claim(…)"), nb_element="cell_code_source")
    return nodes.container("", source, outputs, nb_element="cell_code", cell_index=index)


def page(*parts):
    """A section of cells, each given as its claims (``None`` folds them) or as text; and the notebook beside it."""
    section, cells = nodes.section("", nodes.title("", "Title"), ids=["title"]), []
    for index, part in enumerate(parts):
        if isinstance(part, str):
            section += nodes.paragraph("", part)
            cells.append(new_markdown_cell(part))
        else:
            folded, names = part[:1] == [None], [name for name in part if name]
            section += cell(index, *names, folded=folded)
            given = [{"claims": [record(f"{name} is {{}}.", folded=folded) | {"id": name}]} for name in names]
            cells.append(new_code_cell("", outputs=[new_output("display_data", metadata=each) for each in given]))
    document = new_document("page")
    document += section
    return document, NotebookNode(cells=cells)


def shape(document):
    """What stands where: the beginning and end of folds, the names of claims, and text."""
    for part in document.findall():
        if isinstance(part, nodes.raw) and "details" in part.astext():
            found = re.search("<summary>(.*), checked here", part.astext())
            yield f"{found[1]}/" if found else "/"
        elif isinstance(part, nodes.container) and "claim" in part["classes"]:
            yield part["ids"][0]
        elif isinstance(part, nodes.paragraph) and isinstance(part.parent, nodes.section):
            yield part.astext()


ONE = "One more statement/"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([[None, "A"]], [ONE, "A", "/"]),
        (
            [[None, "A"], [None, "B"], [None, "C"], "text", [None, "D"]],
            ["3 more statements/", "A", "B", "C", "/", "text", ONE, "D", "/"],
        ),
        ([[None, "A"], ["told"], [None, "B"]], [ONE, "A", "/", "told", ONE, "B", "/"]),
        ([[None, "A", "B"], [None, "C"]], ["3 more statements/", "A", "B", "C", "/"]),  # a loop
        ([[None, "A"], [], ["told"]], [ONE, "A", "/", "told"]),
    ],
)
def test_neighbouring_folded_claims_share_a_fold(parts, expected):
    document, notebook = page(*parts)
    claimed.show_claims(document, notebook)
    claimed.gather_folded(document, notebook)
    assert list(shape(document)) == expected


def test_a_claim_becomes_a_box_of_statement_strip_and_notes():
    document, notebook = page(["A"])
    claimed.show_claims(document, notebook)
    (box,) = [part for part in document.findall(nodes.container) if "claim" in part["classes"]]
    link, statement, strip, notes = box
    assert box["ids"] == ["A"] and 'href="#A"' in link.astext() and 'role="img"' in strip.astext()
    assert re.sub("<.*?>", "", statement.astext()) == "✓ A is\u00a01"  # the number never stands alone
    assert notes.astext() == "accepted at most 1"


def test_a_claim_leaves_a_sections_address_alone():
    document, _ = page()
    document.ids["a-claim"] = document[0]
    assert claimed.anchor(record() | {"id": "family/2"}, document) == "family-2"
    assert claimed.anchor(record(), document) == "claim-a-claim"


def test_each_row_of_a_claim_table_has_its_address_and_its_strip():
    def row(*texts):
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", text)) for text in texts))

    group = nodes.tgroup("", *(nodes.colspec() for _ in "ab"), nodes.thead("", row("Given", "Steps")), cols=2)
    group += nodes.tbody("", row("SGD", "✓ 1"), row("Adam", "✓ 2"))
    records = [record(row="SGD"), record(row="Adam") | {"id": "a-claim/2"}]
    claimed.add_strips(table := nodes.table("", group), records, new_document("page"))
    rows = list(table.findall(nodes.row))
    assert [len(row) for row in rows] == [3, 3, 3] and len(list(table.findall(nodes.colspec))) == group["cols"] == 3
    assert [row["ids"] for row in rows] == [[], ["a-claim"], ["a-claim-2"]]
    assert all("<svg" in row[-1].astext() for row in rows[1:])
    with pytest.raises(ValueError, match="zip"):
        claimed.add_strips(table, records[:1], new_document("page"))


def test_the_scoreboard_leads_to_its_claims():
    document, notebook = page(["A"], ["B"], [])
    notebook.cells[2].id = "saw-table"
    lines = [f"- {Claim.from_record(r).mark()} {Claim.from_record(r).sentence()}" for r in lesson.told(notebook)]
    lines.insert(1, '- <span class="claim-mark">✓</span> Of another chapter.')
    notebook.cells[2].outputs = [new_output("execute_result", {"text/markdown": "\n".join(lines)})]
    items = [nodes.list_item("", nodes.paragraph("", line)) for line in lines]
    document[0][3] += nodes.bullet_list("", *items)
    claimed.link_scoreboard(document, notebook)
    links = [re.findall('href="#(.*?)"', item.astext()) for item in items]
    assert links == [["A"], [], ["B"]]


# Addresses, and the pages that lead to them


def app_of(docname):
    return SimpleNamespace(env=SimpleNamespace(metadata={docname: {}}, docname=docname))


def noted(document, notebook):
    for number, part in enumerate(document[0][1:]):
        if isinstance(part, nodes.paragraph):
            part.line = (number + 1) * 10_000 + 1
    app = app_of("chapters/a")
    places.note(app, document, notebook)
    return app.env.metadata["chapters/a"]["addresses"]


def test_cells_and_claims_have_addresses():
    document, notebook = page("text", ["A"], [], ["B", "C"])
    for cell, id in zip(notebook.cells, ["reading", "A", "picture", "both"], strict=True):
        cell.id = id
    claimed.show_claims(document, notebook)
    assert noted(document, notebook) == {id: id for id in ["reading", "A", "picture", "B", "C", "both"]}
    ids = [name for node in document.findall(nodes.Element) for name in node["ids"]]
    assert sorted(ids) == sorted(["title", "reading", "A", "picture", "B", "C", "both"])


def test_a_cell_that_begins_a_section_has_the_sections_address():
    document, notebook = page("Title", [])
    notebook.cells[0].id, notebook.cells[1].id = "opening", "title"
    document[0].pop(1)
    document[0][0].line = 10_001
    assert noted(document, notebook) == {"opening": "title", "title": "cell-title"}


def test_a_cell_to_predict_in_has_no_address():
    document, notebook = page([])
    notebook.cells[0].id = "predict-it"
    assert noted(document, notebook) == {}


def test_a_place_that_is_none_stops_the_build():
    app = app_of("chapters/a")
    app.env.metadata["chapters/a"]["addresses"] = {"one": "the-one"}
    assert places.url(app.env, "a#one") == "chapters/a.html#the-one"
    for place in ("a#two", "b#one", "a"):
        with pytest.raises(ExtensionError, match=f"{place} is no cell or claim"):
            places.url(app.env, place)


def test_a_cell_stands_under_the_last_heading_before_it():
    sources = ["# Title", "## One *more*\n\ntext", "```python\n# no heading\n```", "## Two"]
    notebook = NotebookNode(cells=[new_markdown_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)])
    assert places.headings(notebook, "cell-0") == ("Title", "")
    assert places.headings(notebook, "cell-2/3") == ("Title", "One *more*")


def test_a_row_of_the_ledger_says_what_its_chapter_says():
    claim = Claim.from_record(record(values=(2.5, 3.0, 3.5), expected=3.0, rel=1 / 3, folded=True))
    statement, number, *against = ledger.row(claim)
    assert claim.markdown().count(statement) == 1 and statement.startswith(claim.mark())
    assert cells.words(number) == "3.00 (2.50 to 3.50), 3 seeds" and against == claim.cells(theory=True)[2:]
    assert ledger.row(Claim.from_record(record()))[1] == '<span class="measured">3.00</span>'


def test_a_gap_in_a_page_that_nothing_fills_stops_the_build(monkeypatch):
    monkeypatch.setattr(bookpage, "MADE", {"ledger": lambda app: {"claims": 3}})
    source = ["Of {{ claims }} claims, {{ none }}."]
    with pytest.raises(KeyError):
        bookpage.fill_in(None, "ledger", source)
    bookpage.fill_in(None, "other", source)
    assert source == ["Of {{ claims }} claims, {{ none }}."]
    bookpage.fill_in(None, "ledger", source := ["Of {{ claims }} claims."])
    assert source == ["Of 3 claims."]


# The strip

BAND_LEFT, BAND_RIGHT = strips.BAND


@pytest.mark.parametrize(
    ("given", "value", "control"),  # where they are drawn: below, in, above; None is nowhere
    [
        (dict(values=(3.0,), band=(2, 4), control=("", 9.0)), "in", "above"),
        (dict(values=(3.0,), band=(2, 4), control=("", 1.0)), "in", "below"),
        (dict(values=(3.0,), band=(2, 4), control=None), "in", None),
        (dict(values=(5.0,), band=(2, 4), control=("", 3.0)), "above", "in"),
        (dict(values=(0.03,), band=(-math.inf, 0.5), control=("", 0.9)), "in", "above"),
        (dict(values=(0.45,), band=(-math.inf, 0.5), control=("", 1e9)), "in", "above"),
        (dict(values=(0,), band=(-math.inf, 0), control=("", 1)), "in", "above"),
        (dict(values=(2.6e-16,), band=(-math.inf, 1e-13), control=("", 0.5)), "in", "above"),
        (dict(values=(0.0,), band=(-math.inf, 1e-13), control=("", 0.5)), "in", "above"),
        (dict(values=(2.6e-16,), band=(0.0, 1e-13), control=("", 0.5)), "in", "above"),
        (dict(values=(1e4,), band=(100, math.inf), control=("", 0.0)), "in", "below"),
        (dict(values=(-5.0,), band=(-6, math.inf), control=("", -60.0)), "in", "below"),
        (dict(values=(1e-9,), band=(1e-12, 1e-6), control=("", -1.0)), "in", "below"),
        (dict(values=(3,), band=(3, 3), expected=3.0, tol=0.0, control=("", 4)), "in", "above"),
        (dict(values=(math.nan,), band=(2, 4), control=("", 9.0)), None, "above"),
        (dict(values=(math.inf,), band=(2, 4), control=("", math.nan)), "above", None),
    ],
)
def test_measurement_and_control_are_drawn_on_their_side_of_the_band(given, value, control):
    svg = strips.strip(Claim.from_record(record(**given)), "")
    ElementTree.fromstring(svg)
    left, width = map(float, re.search(r'class="band" x="(\S+)" width="(\S+)"', svg).groups())
    assert (left, left + width) == (
        BAND_LEFT if math.isfinite(given["band"][0]) else 2,
        BAND_RIGHT if math.isfinite(given["band"][1]) else strips.WIDTH - 2,
    )
    dot, cross = re.search(r'cx="([^"]+)"', svg), re.search(r'class="control" d="M(\S+)', svg)
    places = [dot and float(dot[1]), cross and float(cross[1]) + 5]

    def side(x):
        return None if x is None else "below" if x < left else "above" if x > left + width else "in"

    assert [side(x) for x in places] == [value, control]
    assert all(strips.EDGE <= x <= strips.WIDTH - strips.EDGE for x in places if x is not None)


def test_distances_are_true_inside_the_band_and_logarithmic_outside():
    place = strips.scale(Claim.from_record(record(band=(2.0, 4.0))))
    assert place(3.0) - place(2.5) == place(3.5) - place(3.0) > 0
    far = [place(4 + distance) for distance in (2, 2e1, 2e2)]
    assert far[0] < far[1] < far[2] < far[0] + 2.1 * strips.PER_DECADE


def test_decades_are_drawn_where_measurement_and_band_are_decades_apart():
    place = strips.scale(Claim.from_record(record(values=(1e-15,), band=(-math.inf, 1e-13))))
    assert place(1e-13) - place(1e-14) == pytest.approx(place(1e-14) - place(1e-15), abs=0.2)


def test_range_and_theory_are_drawn():
    svg = strips.strip(Claim.from_record(record(values=(2.5, 3.0, 3.5), expected=3.0, rel=1 / 3)), "")
    ends = re.search(r'class="range" d="M(\S+) 11v8m0-4H(\S+)m', svg)
    middle = (BAND_LEFT + BAND_RIGHT) / 2
    assert float(ends[1]) < float(re.search(r'class="theory" x1="([^"]+)"', svg)[1]) == middle < float(ends[2])
    assert "range" not in strips.strip(Claim.from_record(record()), "")


def test_a_strip_says_in_words_what_it_shows():
    claim = Claim.from_record(record(values=(2.5, 3.0, 3.5), expected=3.0, rel=1 / 3))
    assert strips.words(claim, "without $x$") == (
        "Measured 3.00, from 2.50 to 3.50 over 3 seeds. Inside what is accepted: 2 to 4. Theory says 3. "
        "The control, without $x$, is outside: 9.00."
    )
    claim = Claim.from_record(record(values=(5,), band=(-math.inf, 4), control=("odd", 3)))
    assert strips.words(claim, "odd") == (
        "Measured 5. Not inside what is accepted: at most 4. The control, odd, is not outside: 3."
    )


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        (r"with $\hat x$ and `eps`, **bold**", "with hat x and eps, bold"),
        ('<span class="caption">A $\\mu$.</span>', "A mu."),
    ],
)
def test_markdown_is_said_in_plain_words(markdown, said):
    assert cells.words(markdown).replace(" .", ".").replace(" ,", ",") == said


# Cells


def test_a_quotation_that_begins_with_setting_is_one():
    def quote(*parts):
        return nodes.block_quote("", nodes.paragraph("", "", *parts))

    is_one = quote(nodes.strong("", "Setting."), nodes.Text(" Training mode."))
    others = [quote(nodes.Text("See "), nodes.strong("", "Setting.")), quote(nodes.Text("Setting. Plain."))]
    document = new_document("page")
    document += [is_one, *others]
    cells.mark_settings(document)
    assert [quote["classes"] for quote in document] == [["setting"], [], []]


def test_minutes_stand_after_what_one_needs():
    document, notebook = page("What you need: paper.", "word " * 320)
    cells.say_minutes(document, notebook)
    assert document[0][2].astext() == "About 3 minutes to read; 3 with code and exercises."


def test_folded_code_stands_below_what_it_makes_and_is_named():
    document, notebook = page(["A"], ["B", "C"])
    claimed.show_claims(document, notebook)
    for node, _ in cells.pairs(document, notebook):
        node["hide_mode"] = "input"
    cells.put_code_below(document, notebook)
    (one, _), (several, _) = cells.pairs(document, notebook)
    place = next(part for part in one.findall(nodes.container) if "claim" in part["classes"])
    assert place[-2].astext() == "claim(…)"
    assert "Code<span" in place[-3].astext() and "of: A is …" in place[-3].astext()
    assert place[-1].astext() == several[-1].astext() == "</details>" and "of: B is …" in several[-3].astext()


def test_what_is_folded_after_the_set_up_and_shows_nothing_joins_it():
    document, notebook = page([], [], ["A"])
    notebook.cells[0].id = "setup"
    for node, _ in cells.pairs(document, notebook):
        if not len(node[-1]):
            node.remove(node[-1])
        node["hide_mode"] = "input"
    cells.put_code_below(document, notebook)
    assert [len(list(node.findall(nodes.literal_block))) for node, _ in cells.pairs(document, notebook)] == [2, 2]


@pytest.mark.parametrize(
    ("parts", "kept"),
    [(["It reads 93 % of them."], "It reads 93\u00a0% of them."), (["4.5", " % of them"], "4.5\u00a0% of them")],
)
def test_a_number_and_its_per_cent_stand_on_one_line(parts, kept):
    paragraph = nodes.paragraph("", *map(nodes.Text, parts))
    code = nodes.paragraph("", "", nodes.literal("", "7 % 2"))
    bookpage.keep_units(nodes.section("", paragraph, code))
    assert (paragraph.astext(), code.astext()) == (kept, "7 % 2")


# Predictions


def asked(*cells_between, options=("up", "down"), after="reading"):
    """A page on which a cell asks, another answers after those between, and a text follows."""
    document, notebook = page([], *cells_between, [], after, "later")
    section = document[0]
    for number, part in enumerate(section[1:]):
        part.line = (number + 1) * 10_000 + 1
    notebook.cells[0].id = "predict-it"
    wanted = {"truth": "up", "value": "up", "options": options and list(options), "within": 0.05, "tol": 1e-9}
    notebook.cells[-3].outputs = [new_output("display_data", metadata={"prediction": wanted})]
    return document, notebook


def veiled(document):
    return [box for box in document.findall(nodes.container) if "veil" in box["classes"]]


def test_the_answer_and_the_rest_of_its_section_are_veiled():
    document, notebook = asked("between", ["A"])
    predictions.ask(document, notebook, "page")
    _, form, cell, veil = document[0]
    assert 'data-name="page/predict-it"' in form.astext() and "predict-code" in cell["classes"]
    assert veiled(document) == [veil] and veil["ids"] == ["veil-predict-it"]
    assert veil[0].astext() == "between" and veil[-1].astext() == "later"


@pytest.mark.parametrize("id", ["exercise-1", "experiment"])
def test_an_exercise_is_not_veiled(id):
    document, notebook = asked()
    notebook.cells[-1].id = id
    predictions.ask(document, notebook, "page")
    *_, veil, exercise = document[0]
    assert veiled(document) == [veil] and veil[-1].astext() == "reading" and exercise.astext() == "later"


def test_a_text_that_is_called_a_prediction_asks_nothing():
    document, notebook = asked("text")
    notebook.cells[1].id = "predict-text"
    predictions.ask(document, notebook, "page")
    assert 'data-name="page/predict-it"' in document.astext() and len(veiled(document)) == 1


def test_the_next_question_is_not_veiled():
    document, notebook = asked(after="Predict. And now?")
    predictions.ask(document, notebook, "page")
    assert "Predict." not in veiled(document)[0].astext()


def test_nothing_is_veiled_beyond_the_section_that_asks():
    document, notebook = asked()
    section, others = document[0], document[0][2:]
    section.children = section.children[:2]
    section += nodes.section("", *others, ids=["next"])
    predictions.ask(document, notebook, "page")
    assert veiled(document) == [] and "<form" not in document.astext()


@pytest.mark.parametrize(
    ("options", "value", "wanted"),
    [(["up", "down <"], "up", 'value="down &lt;">down &lt;</button>'), (None, 2.3, 'inputmode="decimal"')],
)
def test_a_form_has_its_answers(options, value, wanted):
    html = predictions.form(
        "predict-it", "page", {"truth": "2.30", "value": value, "options": options, "within": 0, "tol": 0}
    )
    assert wanted in html and html.startswith('<form class="predict" hidden')


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
    assert '<label for="slider-1">σ &amp; τ</label>' in html and "min-width: 3ch" in html  # no value moves the handle
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


def test_pages_are_made_without_what_running_a_chapter_needs():
    needs = ["torch", "matplotlib", "scipy", "sklearn", "ipywidgets", "mnist1d", "nbclient", "PIL", "playwright"]
    code = f"import sys; sys.modules.update(dict.fromkeys({needs})); sys.path.insert(0, '_ext'); import bookpage"
    done = subprocess.run([sys.executable, "-c", code], cwd=chapters.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
