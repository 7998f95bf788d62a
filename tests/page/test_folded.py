"""Folded claims on a page: one line for neighbours, behind it each claim, by mouse, keyboard, search and in print."""

import json

import pytest

import checks
from checks import settle, visit

ONE, THREE = "One more statement, checked here", "3 more statements, checked here"
SUMMARIES = [ONE, THREE, ONE, ONE]  # the last is that of the section Where it stops being true
CLAIMS = ["Aardvark", "Beaver", "Chamois", "Dormouse", "Echidna"]


def shown(page):
    return [name for name in CLAIMS if page.locator(f".claim-statement:has-text('{name}')").is_visible()]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_neighbours_share_a_fold(browser, specimen, width, scheme):
    with visit(browser, specimen, width=width, height=844, color_scheme=scheme) as page:
        folds = page.locator(".claim-folded > summary")
        assert folds.all_inner_texts() == SUMMARIES
        assert page.locator(".claim-statement:has-text('Told')").is_visible() and shown(page) == []
        wrong = [check(page) for check in (checks.covered_controls, checks.controls_without_focus_mark)]
        assert [*wrong, checks.barriers(page)] == [[], [], []]
        folds.nth(1).focus()
        page.keyboard.press("Enter")
        assert shown(page) == CLAIMS[1:4]
        folds.nth(0).click()
        assert shown(page) == CLAIMS[:4]
        page.keyboard.press("Enter")
        assert shown(page) == CLAIMS[1:4]
        page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
        settle(page)
        wrong = [check(page) for check in (checks.covered_controls, checks.sideways_scroll, checks.complaints)]
        assert [*wrong, checks.barriers(page)] == [[], [], [], []]


def test_a_fold_opens_without_javascript(browser, specimen):
    with visit(browser, specimen, java_script_enabled=False) as page:
        page.locator(".claim-folded > summary").nth(2).click()
        assert shown(page) == CLAIMS[4:]


def test_folds_are_printed_open_without_their_code(browser, specimen):
    with visit(browser, specimen) as page:
        page.emulate_media(media="print")
        assert shown(page) == CLAIMS
        assert page.locator(".claim pre:visible").count() == 0


def test_what_is_folded_is_found(browser, specimen, specimen_site):
    index = (specimen_site / "searchindex.js").read_text("utf-8")
    terms = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))["terms"]
    assert {"aardvark", "dormous"} <= terms.keys()
    with visit(browser, f"{specimen}#:~:text=Chamois") as page:  # as from a search engine, or a link to these words
        assert shown(page) == CLAIMS[1:4]
