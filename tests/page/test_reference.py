"""The pages made from records and lists: the ledger holds every claim once, entries are found, and a broken filter is seen."""

import gzip
import json
import re

import pytest
import yaml

import chapters
import checks
import lesson
from bnlib.text import measured, plain
from checkout import ROOT
from checks import settle, visit

MOST_BYTES = 600_000  # of a page with what it loads, compressed
FILTERED = ["ledger", "questions", "said"]
ROWS = "table.ledger tbody tr"
SOURCE_STATEMENTS = 58  # that the text which the book puts to the test makes


def records():
    """Every claim of the book: (chapter, its record)."""
    names = [name.removeprefix("chapters/") for name in chapters.order() if name.startswith("chapters/")]
    return [
        (name, record) for name in names for record in lesson.claims(chapters.read(ROOT / f"chapters/{name}.ipynb"))
    ]


def listed(name):
    """The entries of a list."""
    return yaml.safe_load((ROOT / f"{name}.yml").read_text("utf-8"))


# The ledger


def test_no_claim_is_missing_and_none_stands_twice(site):
    html = (site / "ledger.html").read_text("utf-8")
    found = re.findall(
        r'<tr class="of-([\w-]+) (told|folded) [^>]*id="([^"]+)"><td><p><a href="([^"]+)">(.*?)</td>', html, re.S
    )
    rows = [(name, kind, id) for name, kind, id, *_ in found]
    assert rows == [
        (name, "folded" if record["folded"] else "told", f"{name}-{record['id']}".replace("/", "-"))
        for name, record in records()
    ]
    links = [link for *_, link, _ in found]
    assert len(set(links)) == len(links)
    for (name, record), link, shown in zip(records(), links, (shown for *_, shown in found), strict=True):
        assert link.startswith(f"chapters/{name}.html#") and plain(measured(lesson_value(record))) in shown


def lesson_value(record):
    return int(record["value"]) if isinstance(record["value"], int) and record["whole"] else float(record["value"])


def test_the_first_paragraph_counts(site):
    words = re.sub("<[^>]*>", "", (site / "ledger.html").read_text("utf-8"))
    told = [record for _, record in records() if not record["folded"]]
    counts = len({name for name, _ in records()}), len(records()), len(told), len(records()) - len(told)
    assert "The {} chapters make {} claims; {} are told and {} folded.".format(*counts) in words


def misfiltered(page):
    """What the ledger's filter does wrong, at three requests of a reader."""
    name, record = next((name, record) for name, record in records() if "seeds" not in record["statement"])
    words = re.findall(r"[a-z]{4,}", re.sub(r"\$[^$]*\$", "", record["statement"].lower()))[:4]
    rows, field = page.locator(f"{ROWS}:visible"), page.locator(".filter [type=search]")
    row, wrong = page.locator(f"[id='{name}-{record['id']}']"), []
    field.fill(" ".join(word[:-1] for word in reversed(words)))
    if not row.is_visible() or rows.count() == len(records()):
        wrong.append(
            f"{words}, reversed and cut short, show {rows.count()} claims, hers among them: {row.is_visible()}"
        )
    field.fill("nothingofthekind")
    if rows.count() or page.locator("article h2:visible").count():
        wrong.append(f"a word that no claim holds shows {rows.count()}")
    field.fill("")
    page.locator(".filter select").select_option(f"tr.of-{name}")
    page.get_by_label("told only").check()
    expected = sum(of == name and not other["folded"] for of, other in records())
    if (
        rows.count() != expected
        or f"{expected} of {len(records())}" != page.locator(".filter [role=status]").inner_text()
    ):
        wrong.append(f"{rows.count()} claims of {name} are told; expected {expected}")
    page.locator(".filter select").select_option("tr")
    page.get_by_label("told only").uncheck()
    if rows.count() != len(records()):
        wrong.append(f"without a wish there are {rows.count()}")
    return wrong


@pytest.mark.parametrize("width", [1280, 390])
def test_the_ledger_is_filtered_as_one_types(browser, address, width):
    with visit(browser, f"{address}ledger.html", width=width) as page:
        assert misfiltered(page) == []


@pytest.mark.parametrize(
    "fault",
    [
        "document.querySelector('.filter').addEventListener('input', (event) => event.stopImmediatePropagation(), true)",
        "document.querySelectorAll('table.ledger tr').forEach((row) => { row.style.setProperty('display', 'block', 'important'); })",
        "document.querySelectorAll('table.ledger tr').forEach((row) => { row.className = ''; })",
        "document.querySelector('.filter [role=status]').remove(); document.querySelector('.filter').append("
        "Object.assign(document.createElement('p'), { role: 'status', textContent: '0' }))",
    ],
)
def test_a_broken_filter_is_found(browser, address, fault):
    with visit(browser, f"{address}ledger.html") as page:
        page.evaluate(f"() => {{ {fault} }}")
        assert misfiltered(page)


def test_on_a_phone_no_table_scrolls_sideways(browser, address):
    with visit(browser, f"{address}ledger.html", width=390) as page:
        boxes = page.locator(".pst-scrollable-table-container")
        assert boxes.evaluate_all("(all) => all.filter((box) => box.scrollWidth > box.clientWidth).length") == 0
        row = page.locator(ROWS).first
        assert row.locator("td").first.bounding_box()["width"] > 300 and "Accepted" in row.evaluate(
            "(row) => [...row.cells].map((cell) => getComputedStyle(cell.firstChild, '::before').content).join()"
        )


# Questions, and what is said


def unfound(page, entries, of):
    """The entries that do not come first when what they are about is typed."""
    field, first = page.locator(".filter [type=search]"), page.locator(".filter > ul > li strong").first
    wrong = []
    for entry in entries:
        field.fill(of(entry))
        if not first.count() or letters(first.inner_text()) != letters(entry.get("ask") or entry["said"]):
            wrong.append(f"{of(entry)!r} leads to {first.inner_text() if first.count() else 'nothing'}")
    return wrong


def letters(text):
    return re.sub(r"[\W_]", "", re.sub(r"\$[^$]*\$", "", text))


@pytest.mark.parametrize("name", ["questions", "said"])
def test_an_entry_comes_first_when_its_sentence_is_typed(browser, address, name):
    with visit(browser, f"{address}{name}.html") as page:
        assert (
            unfound(
                page,
                [entry for entry in listed(name) if "$" not in str(entry)],
                lambda entry: entry.get("ask") or entry["said"],
            )
            == []
        )
        assert page.locator(".filter > ul > li").count() <= 10
        page.locator(".filter [type=search]").fill("")
        assert page.locator(".filter > ul > li").count() == 0
        assert page.locator("section > section > ul > li:visible").count() == len(listed(name))


def test_words_in_any_order_cut_short_or_in_the_plural_lead_there(browser, address):
    with visit(browser, f"{address}questions.html") as page:
        for typed in (
            "bias norms batch need",
            "my validations accuracie is garbag",
            "biases before a batch norm do i need them",
        ):
            page.locator(".filter [type=search]").fill(typed)
            ask = page.locator(".filter > ul > li strong").first.inner_text()
            assert "bias" in ask if "bias" in typed else "validation accuracy" in ask, typed


@pytest.mark.parametrize(
    "fault",
    [
        "document.querySelector('.filter').addEventListener('input', (event) => event.stopImmediatePropagation(), true)",
        "Math.log = () => 0",
    ],
)
def test_a_broken_ranking_is_found(browser, address, fault):
    with visit(browser, f"{address}questions.html") as page:
        page.evaluate(f"() => {{ {fault} }}")
        assert unfound(page, listed("questions")[:3], lambda entry: entry["ask"])


def test_the_search_knows_every_question_by_its_words(browser, address):
    with visit(browser, f"{address}search.html") as page:
        page.wait_for_function("Search.hasIndex()")
        found = """(word) => {
          const query = Search._parseQuery(word), stopped = [...query[1]].every((stem) => stopwords.includes(stem));
          return stopped || Search._performSearch(...query).some(([name]) => name === "questions");
        }"""
        missing = []
        for entry in listed("questions"):
            words = re.findall(r"\b[A-Za-z]{3,}\b", re.sub(r"\S*[_.=`()]\S*", "", f"{entry['ask']} {entry['words']}"))
            missing += [(entry["ask"], word) for word in words if not page.evaluate(found, word)]
        assert missing == [], missing


def test_who_comes_from_the_search_has_typed_already(browser, address):
    with visit(browser, f"{address}search.html?q=validation+garbage") as page:
        page.locator("#search-results a[href*='questions.html']").first.click()
        page.wait_for_url("**/questions.html*")
        settle(page)
        assert "garbage" in "".join(page.locator(".filter > ul > li").all_inner_texts()[:1])
        page.evaluate("localStorage.clear()")


def test_a_link_to_what_is_filtered_away_shows_it(browser, address):
    with visit(browser, f"{address}questions.html") as page:
        page.locator(".filter [type=search]").fill("bias")
        page.evaluate("location.hash = document.querySelector('section > section').id")
        settle(page)
        assert page.locator("section > section:visible").first.is_visible()


UNSEEN = """async (names) => {
  const unseen = [];
  for (const name of names) {
    location.hash = name;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const target = document.getElementById(name), box = target.getBoundingClientRect();
    if (!target.checkVisibility() || box.top > innerHeight || box.bottom < 0) unseen.push(name);
  }
  return unseen;
}"""


def unseen_answers(page, address, site):
    """Where a link of the questions' page leads and nothing is to be seen: under a veil or a fold, or out of the window."""
    links = re.findall(r'href="(chapters/[^"]+)#([^"]+)"', (site / "questions.html").read_text("utf-8"))
    for chapter in sorted({chapter for chapter, _ in links}):
        page.goto(address + chapter)
        settle(page)
        names = sorted({name for where, name in links if where == chapter})
        yield from (f"{chapter}#{name}" for name in page.evaluate(UNSEEN, names))


def test_a_question_leads_to_what_can_be_seen(browser, address, site):
    with visit(browser, f"{address}questions.html") as page:
        assert list(unseen_answers(page, address, site)) == []


def test_an_answer_that_stays_veiled_is_found(browser, address, site):
    with visit(browser, f"{address}questions.html") as page:
        page.add_init_script(
            "addEventListener('DOMContentLoaded', () => document.head.append(Object.assign("
            "document.createElement('style'), { textContent: '.veil { display: none !important }' })))"
        )
        assert list(unseen_answers(page, address, site))
    browser.__dict__["tabs_kept"].clear()  # the script would stay with the tab


@pytest.mark.parametrize("name", FILTERED)
def test_without_javascript_all_is_shown_and_nothing_to_type_in(browser, address, name):
    with visit(browser, f"{address}{name}.html", java_script_enabled=False) as page:
        items = page.locator(page.locator(".filter").get_attribute("data-items"))
        assert (
            items.count()
            == page.locator(f"{page.locator('.filter').get_attribute('data-items')} >> visible=true").count()
        )
        assert items.count() == len(records() if name == "ledger" else listed(name))
        assert not page.locator(".filter").is_visible()


def test_every_statement_of_the_source_has_a_claim():
    made = {f"{name}#{record['id']}" for name, record in records()}
    assert sum(entry["source"] for entry in listed("said")) == SOURCE_STATEMENTS
    assert [entry["said"] for entry in listed("said") if not entry["claims"] or {*entry["claims"]} - made] == []


# Their weight


@pytest.mark.parametrize("name", [*FILTERED, "glossary"])
def test_a_page_is_light(browser, address, site, name):
    with visit(browser, f"{address}{name}.html") as page:
        loaded = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
        files = [site / f"{name}.html", *(site / url.removeprefix(address).partition("?")[0] for url in loaded)]
        assert sum(len(gzip.compress(file.read_bytes(), 6)) for file in files if file.is_file()) <= MOST_BYTES
        assert len([file for file in files if file.name == "filter.js"]) == (name in FILTERED)


def test_the_ledger_is_not_searched(site):
    index = (site / "searchindex.js").read_text("utf-8")
    index = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))
    ledger = index["docnames"].index("ledger")
    assert all(
        ledger != where and ledger not in (where if isinstance(where, list) else [])
        for where in index["terms"].values()
    )


def test_a_filter_can_be_used_by_keyboard_in_the_dark(browser, address):
    with visit(browser, f"{address}questions.html", width=390, color_scheme="dark") as page:
        page.locator(".filter [type=search]").focus()
        page.keyboard.type("bias")
        settle(page)
        assert checks.barriers(page) == checks.sideways_scroll(page) == checks.complaints(page) == []
