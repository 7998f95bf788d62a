"""What a lesson looks like: claims at a glance, captions, code that can be hidden; what its limits find."""

import pytest

import chapters
import checks
import measure
from checks import settle, visit

CODE = "article .cell_input"


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (390, False)])
def test_a_claim_has_its_strip_beside_it_or_on_a_phone_below(browser, specimen, width, beside):
    with visit(browser, specimen, width=width) as page:
        statement, strip = (page.locator(f"#told {part}").bounding_box() for part in (".claim-statement", ".strip"))
        assert (strip["x"] >= statement["x"] + statement["width"]) == beside
        assert (strip["y"] >= statement["y"] + statement["height"]) != beside
        name = page.locator("#told .strip").get_attribute("aria-label")
        assert name.startswith("Measured 0.950, from 0.900 to 1.00 over 2 seeds. Inside what is accepted: at most 1.")
        assert page.locator("#family .strip").count() == page.locator("#family-2 .strip").count() == 1


def test_a_claims_address_comes_with_the_focus(browser, specimen):
    with visit(browser, specimen) as page:
        link = page.locator("#told .claim-link")
        assert link.evaluate("(link) => getComputedStyle(link).opacity") == "0"
        page.keyboard.press("Tab")
        link.focus()
        settle(page)
        assert link.evaluate("(link) => getComputedStyle(link).opacity") == "1"
        page.keyboard.press("Enter")
        assert page.url.endswith("#told")


@pytest.mark.parametrize("width", [1280, 390])
def test_pictures_have_visible_captions_of_their_width(browser, specimen, width):
    with visit(browser, specimen, width=width) as page:
        figures = page.locator("article figure")
        assert figures.count() == page.locator("article :is(.slider, .cell_output img)").count() == 2
        for figure in figures.all():
            picture = figure.locator(":is(img, .slider-frame:visible)").bounding_box()
            caption = figure.locator("figcaption").bounding_box()
            assert caption["y"] >= picture["y"] + picture["height"] and caption["width"] <= picture["width"] + 1
            assert figure.locator("figcaption").inner_text().strip()


def test_one_switch_shows_all_code_or_none(browser, specimen):
    with visit(browser, specimen) as page:
        page.evaluate("localStorage.clear()")
        page.reload()

        def shown():
            pressed = page.locator(".code-switch [aria-pressed=true]").all_inner_texts()
            return pressed, page.locator(f"{CODE}:visible").count()

        (ideas, some), total = shown(), page.locator(f"{CODE}:not(.predict-code *, .veil *, .claim-folded *)").count()
        assert ideas == ["ideas"] and 0 < some < total
        page.get_by_role("button", name="all", exact=True).click()
        assert shown() == (["all"], total)
        page.get_by_role("button", name="none").click()
        assert shown() == (["none"], 0)
        page.reload()
        settle(page)
        assert shown() == (["none"], 0)
        page.locator(".code-switch button").first.focus()
        page.keyboard.press("Enter")
        assert shown() == (["ideas"], some)
        page.evaluate("localStorage.clear()")


def test_code_is_below_what_it_makes_and_says_of_what(browser, specimen):
    with visit(browser, specimen) as page:
        folds = page.locator("details.code > summary")
        names = folds.evaluate_all("(all) => all.map((summary) => summary.textContent)")
        assert names[:2] == ["Set-up", "Code of: Three values. Their mean is 3.00, not the middle one."]
        assert "Code of: Told is …." in names and len(set(names)) == len(names)
        made, code = (
            page.locator(f".cell:has(> .cell_output figure) >> nth=0 >> {part}") for part in ("img", "details.code")
        )
        assert code.bounding_box()["y"] > made.bounding_box()["y"]


def test_the_opening_says_how_long_it_takes_and_what_holds(browser, specimen):
    with visit(browser, specimen) as page:
        assert page.locator("p.minutes").inner_text().startswith("About ")
        assert page.locator("blockquote.setting").count() == 1


def test_text_claims_tables_and_code_share_a_measure(browser, specimen):
    with visit(browser, specimen) as page:
        page.evaluate(measure.SHOW_ANSWERS)
        parts = "article :is(h2, p, .claim, .cell_input, figure, table, .predict)"
        boxes = [part.bounding_box() for part in page.locator(f"{parts}:visible").all()]
        left = page.locator("article h1").bounding_box()["x"]
        widest = page.locator(".cell_input:visible").first.bounding_box()["width"]
        assert max(box["x"] + box["width"] for box in boxes) <= left + widest + 1
        whole = "article :is(h2, .claim, .cell_input, img, .slider, table, .predict, summary)"
        edges = [part.bounding_box()["x"] for part in page.locator(f"{whole}:visible:not(.claim *)").all()]
        assert max(edges) <= left + 1


SHOWN = ".cell:not(.predict-code) > .cell_input"
BROKEN = {
    "told": lambda notebook: notebook.cells.extend(notebook.cells * 15),
    "minutes to read": lambda notebook: notebook.cells[0].update(source="word " * 5000),
    "code, % of the height": f"document.querySelector('{SHOWN}').style.height = '9000px'",
    "first picture, screens": "document.querySelector('article h1').style.marginBottom = '1500px'",
    "code boxes cut off": f"document.querySelector('{SHOWN} pre').append('x'.repeat(99))",
}


@pytest.mark.parametrize("name", measure.LIMITS)
def test_each_limit_is_held(browser, specimen, specimen_site, name):
    notebook = chapters.read(specimen_site.parents[1] / "chapters/specimen.ipynb")
    with visit(browser, specimen) as page:
        before, change = measure.asked(notebook) | measure.look(page), BROKEN[name]
        if callable(change):
            change(notebook)
        else:
            page.evaluate(f"() => {{ {change} }}")
        after = measure.asked(notebook) | measure.look(page)
        assert before[name] < after[name] and any(line.startswith(name) for line in measure.excesses(after))


def test_a_chapter_without_a_picture_is_found():
    measured = dict.fromkeys(measure.LIMITS, 0) | {"first picture, screens": None}
    assert list(measure.excesses(measured)) == ["first picture, screens: None, at most 1.5"]


def test_checks_of_the_page_hold_on_a_page_of_claims(browser, specimen):
    with visit(browser, specimen) as page:
        page.evaluate(measure.SHOW_ANSWERS)
        settle(page)
        assert checks.untypeset_formulas(page) == checks.complaints(page) == []
