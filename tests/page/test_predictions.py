"""Predictions that ask: by mouse, keyboard, link and search, remembered in the browser alone, and all shown without it."""

import json

import pytest

import checks
from checks import settle, visit

NUMBER, CHOICE = "form[data-name$=predict-mean]", "form[data-name$=predict-larger]"
SECRET, READING = "The mean is 3.00", "The mean 3 is where"
FORGET = "() => localStorage.clear()"


@pytest.fixture
def page(browser, specimen):
    """The short page, on which nothing was guessed yet."""
    with visit(browser, specimen) as page:
        page.evaluate(FORGET)
        page.reload()
        settle(page)
        yield page
        page.evaluate(FORGET)


def sees(page, text):
    return page.get_by_text(text, exact=False).first.is_visible()


def said(page, form):
    return page.locator(f"{form} .predict-said").inner_text()


def test_the_answer_is_veiled_until_one_commits(page):
    assert page.locator(NUMBER).is_visible() and page.locator("fieldset:visible").count() == 2
    assert page.locator(".predict-code:visible").count() == 0
    assert not sees(page, SECRET) and not sees(page, READING)
    assert sees(page, "A ten joins them") and not sees(page, "Each value pulls")  # what follows is asked, not told
    page.locator(f"{CHOICE} button").first.click()
    assert said(page, CHOICE) == "You said it rises. Measured: it rises. You were right."
    assert sees(page, "Each value pulls") and not sees(page, READING)


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("3", "You were right."),
        ("2,9", "You were right."),
        ("6/2", "You were right."),
        ("4", "Your guess was not right."),
    ],
)
def test_a_number_is_typed_and_compared(page, typed, verdict):
    page.locator(f"{NUMBER} input").focus()
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    assert said(page, NUMBER) == f"You said {typed}. Measured: 3.00. {verdict}"
    assert sees(page, SECRET) and sees(page, READING)
    assert page.locator(f"{NUMBER} .predict-said").evaluate("(said) => said === document.activeElement")


@pytest.mark.parametrize("typed", ["many", "1/", "."])
def test_what_is_no_number_is_asked_for_again(page, typed):
    page.locator(f"{NUMBER} input").fill(typed)
    page.locator(f"{NUMBER} [type=submit]").click()
    assert said(page, NUMBER) == "Type a number, such as 0.5 or 2e-3." and not sees(page, SECRET)
    assert page.locator(f"{NUMBER} input").evaluate("(input) => input === document.activeElement")
    assert checks.barriers(page, within=["form.predict"]) == []


def test_an_empty_field_commits_to_nothing(page):
    page.locator(f"{NUMBER} [type=submit]").click()
    assert not sees(page, SECRET) and page.locator(".score").is_hidden()


def test_who_makes_no_guess_can_still_see(page):
    page.locator(f"{NUMBER} .show-me").click()
    assert said(page, NUMBER) == "You made no guess. Measured: 3.00." and sees(page, SECRET)
    page.reload()
    settle(page)
    assert not sees(page, SECRET)


def test_guesses_are_kept_counted_and_forgotten(page):
    page.locator(f"{NUMBER} input").fill("7")
    page.locator(f"{NUMBER} [type=submit]").click()
    assert page.locator(".score span").inner_text() == "You committed once, 0 right."
    page.locator(f"{CHOICE} button").first.click()
    page.reload()
    settle(page)
    assert said(page, NUMBER).startswith("You said 7.") and sees(page, SECRET)
    assert page.locator(".score span").inner_text() == "You committed twice, 1 right."
    page.get_by_role("button", name="Forget my guesses").click()
    assert page.locator("fieldset:visible").count() == 2 and not sees(page, SECRET)
    assert page.locator(".score").is_hidden() and page.evaluate("localStorage.getItem('guesses')") == "{}"
    page.reload()
    settle(page)
    assert not sees(page, SECRET) and checks.outside_requests(page) == []


def test_a_browser_that_keeps_nothing_asks_too(browser, specimen):
    refuse = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    with browser.new_page() as page:
        page.add_init_script(refuse)
        page.goto(specimen)
        page.locator(f"{CHOICE} button").nth(1).click()
        assert said(page, CHOICE) == "You said it falls. Measured: it rises. Your guess was not right."


@pytest.mark.parametrize("way", ["address", "link"])
def test_a_link_under_a_veil_opens_it(browser, specimen, way):
    with visit(browser, f"{specimen}#claim-mean" if way == "address" else specimen) as page:
        if way == "link":
            assert not sees(page, SECRET)
            page.locator(".scoreboard li a[href='#claim-mean']").click()
            settle(page)
        assert page.locator("#claim-mean").is_visible() and said(page, NUMBER).startswith("You made no guess.")
        top = page.locator("#claim-mean").bounding_box()["y"]
        assert 0 <= top < page.viewport_size["height"]


def test_a_link_to_a_folded_claim_opens_its_fold(browser, specimen):
    with visit(browser, specimen) as page:
        page.evaluate("location.hash = '#dormouse'")
        settle(page)
        assert page.locator("#dormouse").is_visible()


def test_the_browsers_search_looks_under_a_veil(browser, specimen):
    with visit(browser, f"{specimen}#:~:text=is%20where%20the%20values%20balance") as page:
        assert sees(page, READING) and said(page, NUMBER).startswith("You made no guess.")


def test_without_javascript_all_is_shown_and_nothing_asks(browser, specimen):
    with visit(browser, specimen, java_script_enabled=False) as page:
        assert page.locator("form.predict:visible, .code-switch:visible, .score:visible").count() == 0
        assert page.locator(".predict-code:visible").count() == 2 and sees(page, SECRET) and sees(page, READING)


def test_all_is_printed(page):
    page.emulate_media(media="print")
    assert page.locator("form.predict:visible, .code-switch:visible").count() == 0
    assert page.locator(".predict-code:visible").count() == 2 and sees(page, SECRET) and sees(page, READING)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light"), (390, "dark")])
def test_a_page_that_asks_and_one_that_answered_are_open_to_all(browser, specimen, width, scheme):
    with visit(browser, specimen, width=width, height=844, color_scheme=scheme) as page:
        page.evaluate(FORGET)
        for _ in ("asking", "answered"):
            wrong = [checks.covered_controls(page), checks.controls_without_focus_mark(page)]
            assert [*wrong, checks.sideways_scroll(page), checks.barriers(page)] == [[], [], [], []]
            page.evaluate(
                "document.querySelectorAll('.predict button[value]:first-of-type, .show-me').forEach((b) => b.click())"
            )
            settle(page)
        page.evaluate(FORGET)


def test_a_prediction_holds_what_was_measured(specimen_site):
    html = (specimen_site / "chapters/specimen.html").read_text("utf-8")
    (wanted,) = [line for line in html.split("data-prediction=")[1:] if "it rises" in line[:200]]
    found = json.loads(wanted.split('"')[1].replace("&quot;", '"'))
    assert found == {"truth": "it rises", "value": "it rises", "within": 0.05, "tol": 1e-9}
