"""The built pages in a real browser. Every check is also run on a page that was broken on purpose, and must find it."""

import pytest

import chapters
import checks
import chromium
import measure
import stored
from checkout import ROOT, version
from checks import FORK, settle, visit

PAGES = ["intro", *chapters.order(), "search"]
CHAPTERS = [name for name in PAGES if name.startswith("chapters/")]
EVERYWHERE = [  # in this order: the last ones change the page, by moving, opening and pressing what is on it
    checks.outside_requests,
    checks.complaints,
    checks.doubled_title,
    checks.untypeset_formulas,
    checks.sideways_scroll,
    checks.layout_shift,
    checks.lasting_veils,
    checks.distorted_pictures,
    checks.cut_formulas,
    checks.crowded_details,
    checks.lost_place,
    checks.covered_controls,
    checks.dead_sliders,
    checks.dead_menus,
    checks.controls_without_focus_mark,
]


ORDER = [*EVERYWHERE, checks.covered_code, checks.covered_typing, checks.barriers]


def problems(page, only):
    return {check.__name__: found for check in only if (found := check(page))}


def barriers(page):
    """What hinders readers when all is unfolded; then in the first menu, opened, which lies over other things."""
    page.evaluate("document.querySelectorAll('article details').forEach((details) => { details.open = true; })")
    settle(page)
    found = checks.barriers(page)
    if menus := page.locator(".bd-header-article .dropdown button").all():
        menus[0].click()
        assert page.locator(".dropdown-menu a:visible").count() > 1
        settle(page)
        found += checks.barriers(page, within=[".dropdown-menu.show"])
    return found


@pytest.mark.parametrize("name", PAGES)
def test_page(browser, address, name):
    """On a wide screen, in light; and in the dark what a phone does not show."""
    with visit(browser, f"{address}{name}.html") as page:
        assert page.evaluate("document.documentElement.dataset.theme") == "light"
        assert problems(page, EVERYWHERE) == {}
        assert barriers(page) == []
        page.emulate_media(color_scheme="dark")
        settle(page)
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        beside = [".bd-sidebar-primary", ".bd-sidebar-secondary"]
        beside = [part for part in beside if page.locator(part).count()]
        assert checks.barriers(page, within=beside, rules=["color-contrast"]) == []


@pytest.mark.parametrize("name", PAGES)
def test_page_on_a_phone(browser, address, name):
    """On a small screen, in the dark."""
    options = {"width": 390, "height": 844, "has_touch": True, "color_scheme": "dark"}
    with visit(browser, f"{address}{name}.html", **options) as page:
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert problems(page, [*EVERYWHERE, checks.covered_code]) == {}
        assert barriers(page) == []


@pytest.mark.parametrize("name", PAGES[:-1])  # searching is done by a script
def test_page_without_javascript(browser, address, name):
    with visit(browser, f"{address}{name}.html", java_script_enabled=False) as page:
        plain = [checks.missing_without_javascript, checks.outside_requests, checks.sideways_scroll]
        assert problems(page, plain) == {}


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_keeps_within_its_limits(browser, address, name):
    with visit(browser, f"{address}{name}.html") as page:
        measured = measure.asked(chapters.read(ROOT / f"{name}.ipynb")) | measure.look(page)
        assert list(measure.excesses(measured)) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_stored_slider_is_on_the_page(site, name):
    notebook = chapters.read(ROOT / f"{name}.ipynb")
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = sum(stored.WIDGET_VIEW in output.get("data", {}) for output in outputs)
    assert shown > 0 and (site / f"{name}.html").read_text("utf-8").count('class="slider"') == shown


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_cell_to_predict_in_asks(site, name):
    cells = chapters.code(chapters.read(ROOT / f"{name}.ipynb"))
    asking = [cell.id for cell in cells if cell.id.startswith("predict-")]
    html = (site / f"{name}.html").read_text("utf-8")
    assert asking and [id for id in asking if f'data-veil="veil-{id}"' not in html] == []


def test_links(site):
    assert checks.broken_links(site) == []


def test_a_forks_pages_name_the_fork(site):
    assert checks.links_to_others(site, FORK) == []
    for name in CHAPTERS:
        links = [link for link in checks.read_links(site / f"{name}.html").links if FORK in link]
        for wanted in [
            f"https://mybinder.org/v2/gh/{FORK}/main?urlpath=lab/tree/{name}.ipynb",
            f"https://colab.research.google.com/github/{FORK}/blob/main/{name}.ipynb",
            f"https://github.com/{FORK}/blob/main/{name}.ipynb",
        ]:
            assert wanted in links
        report = next(link for link in links if "/issues/new" in link)
        assert name.replace("/", "%2F") in report and f"Version%3A%20{version()}" in report
        download = next(link for link in checks.read_links(site / f"{name}.html").links if "_sources/" in link)
        assert (site / "chapters" / download).read_bytes() == (ROOT / f"{name}.ipynb").read_bytes()


def test_the_folder_is_light(site):
    weight = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    assert weight <= (len(CHAPTERS) + 6) * 1_000_000


def test_search_finds_a_word(browser, address):
    with visit(browser, f"{address}search.html?q=variance") as page:
        page.locator("#search-results a").first.wait_for()
        found = page.locator("#search-results li a").evaluate_all("(links) => links.map((link) => link.href)")
        assert any("chapters/mechanism.html" in link for link in found)
        assert checks.outside_requests(page) + checks.complaints(page) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_icon_is_clear_of_what_one_searches_for(browser, address, width):
    with visit(browser, f"{address}search.html", width=width) as page:
        assert checks.covered_typing(page) == []
    with visit(browser, f"{address}intro.html", width=width) as page:
        page.locator(".search-button__button:visible").first.click()
        assert page.locator("#pst-search-dialog input").is_visible()
        assert checks.covered_typing(page) == []


def test_a_section_chosen_from_the_contents_is_shown(browser, specimen):
    with visit(browser, specimen, width=390, height=600) as page:
        page.locator(".secondary-toggle").click()
        link = page.locator("dialog[open] nav.page-toc a").nth(1)
        section = page.locator(link.get_attribute("href"))
        link.click()
        settle(page)
        assert page.locator("dialog[open]").count() == 0
        page.keyboard.press("Tab")
        assert section.locator(":focus").count() == 1 and checks.dead_menus(page) == []


def test_wide_code_stays_within_a_keyboards_reach_when_the_menu_returns(browser, specimen):
    with visit(browser, specimen, width=1000) as page:
        wide = page.locator("pre[tabindex='0']").count()
        page.locator(".primary-toggle").click()
        settle(page)  # meanwhile the theme's script may find that more code has room now
        page.evaluate("document.querySelectorAll('pre').forEach((code) => { code.tabIndex = -1; })")
        page.locator(".primary-toggle").click()
        settle(page)
        assert page.locator("pre[tabindex='0']").count() == wide > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_that_comes_with_scrolling_up_can_be_read(browser, address, scheme):
    with visit(browser, f"{address}{CHAPTERS[0]}.html", width=390, color_scheme=scheme) as page:
        for top in (2000, 1500):
            page.evaluate("top => scrollTo({ top, behavior: 'instant' })", top)
            settle(page)
        assert page.locator("#pst-back-to-top").is_visible()
        assert checks.barriers(page, within=["#pst-back-to-top"]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_link_under_the_pointer_can_be_read(browser, address, scheme):
    with visit(browser, f"{address}intro.html", color_scheme=scheme) as page:
        for part in (".bd-sidebar-primary", "article"):
            page.locator(f"{part} a[href*='inference']").first.hover()
            settle(page)
            assert checks.barriers(page, within=[part], rules=["color-contrast"]) == []


def test_a_page_prints_its_pictures_and_no_controls(browser, address):
    with visit(browser, f"{address}{CHAPTERS[0]}.html") as page:
        page.emulate_media(media="print")
        assert page.locator(".slider-frame:visible").count() == page.locator(".slider").count()
        for part in (
            ".slider-control input",
            ".bd-sidebar-primary",
            ".bd-sidebar-secondary",
            ".article-header-buttons",
            ".copybtn",
            "#jb-print-toc",
        ):
            assert page.locator(f"{part}:visible").count() == 0, part


# Each check on a page that breaks its rule.

SMALL_BUTTON = '<button style="width: 9px; height: 9px; padding: 0; border: 0; font-size: 5px">a</button>'
CLONE = "document.querySelector('.{0}-toggle').replaceWith(document.querySelector('.{0}-toggle').cloneNode(true))"
BROKEN = [
    (checks.outside_requests, "document.body.append(Object.assign(new Image(), { src: 'https://example.org/a.png' }))"),
    (checks.outside_requests, "fetch('https://example.org/').catch(() => {})"),
    (checks.complaints, "console.error('no')"),
    (checks.complaints, "setTimeout(() => { throw new Error('no'); })"),
    (checks.complaints, "document.body.append(Object.assign(new Image(), { src: 'nowhere.png' }))"),
    (checks.untypeset_formulas, r"document.querySelector('article p').append('\\(x^2\\)')"),
    (checks.untypeset_formulas, "document.querySelector('article p').append('half of $x^2$ is')"),
    (checks.untypeset_formulas, r"document.querySelector('article .math').textContent = '\\frac12'"),
    (checks.untypeset_formulas, "document.querySelector('div.math mjx-math').replaceChildren()"),
    (checks.untypeset_formulas, "document.querySelector('article mjx-math').innerHTML = '<mjx-merror>?</mjx-merror>'"),
    (
        checks.dead_sliders,
        "document.querySelector('.slider').replaceWith(document.querySelector('.slider').cloneNode(true))",
    ),
    (checks.dead_sliders, "document.querySelector('.slider input').onkeydown = (event) => event.preventDefault()"),
    (checks.dead_sliders, "document.querySelector('.slider input').style.pointerEvents = 'none'"),
    (checks.dead_sliders, "document.querySelector('.slider label').remove()"),
    (checks.dead_sliders, "document.querySelector('.slider input').style.height = '12px'"),
    (checks.dead_sliders, "document.querySelector('.slider input').setAttribute = () => {}"),
    (
        checks.dead_sliders,
        "document.querySelectorAll('.slider [role=img]').forEach((svg) => svg.setAttribute('aria-label', 'a curve'))",
    ),
    (checks.dead_sliders, "document.querySelector('article').innerHTML += '<div class=jupyter-widgets></div>'"),
    (checks.barriers, "document.querySelector('article img').removeAttribute('alt')"),
    (checks.barriers, "document.querySelector('article').innerHTML += '<input type=range>'"),
    (checks.barriers, "document.querySelector('article p').style.color = '#aaa'"),
    (checks.barriers, "document.querySelector('article h2').outerHTML = '<h5>deep</h5>'"),
    (checks.barriers, f"document.querySelector('article').innerHTML += '{SMALL_BUTTON}'.repeat(3)"),
    (checks.sideways_scroll, "document.querySelector('article').innerHTML += '<div style=width:4000px>wide</div>'"),
    (checks.layout_shift, "document.body.style.paddingTop = '200px'"),
    (
        checks.lasting_veils,
        "document.querySelector('.show-me').replaceWith(document.querySelector('.show-me').cloneNode(true))",
    ),
    (checks.lasting_veils, "document.querySelector('.veil').style.display = 'none'"),
    (checks.lasting_veils, "document.querySelector('.predict-said').remove()"),
    (checks.doubled_title, "document.title = 'A book — A book'"),
    (
        checks.crowded_details,
        "document.querySelectorAll('article details').forEach((one) => { one.style.margin = 0; })",
    ),
    (checks.lost_place, "addEventListener('scroll', (event) => event.stopImmediatePropagation(), true)"),
    (
        checks.lost_place,
        "document.querySelectorAll('.page-toc a').forEach((link) => { link.removeAttribute = () => {}; })",
    ),
    (checks.lost_place, "document.querySelector('.page-toc a:last-child').classList.add('active')"),
    (
        checks.covered_controls,
        "document.querySelectorAll('.claim details').forEach((one) => { one.style.cssText = 'position: relative; z-index: -1'; })",
    ),
    (checks.covered_controls, "document.querySelector('article summary').style.pointerEvents = 'none'"),
    (
        checks.covered_controls,
        "document.querySelector('#references li a').style.cssText = 'position: fixed; left: -500px'",
    ),
    (checks.controls_without_focus_mark, "document.querySelector('.primary-toggle').style.outline = 'none'"),
    (checks.controls_without_focus_mark, "document.querySelector('article summary').focus = () => {}"),
    (checks.dead_menus, CLONE.format("primary")),
    (checks.dead_menus, "document.querySelector('.primary-toggle').focus = () => {}"),
    (
        checks.covered_typing,
        "const search = document.querySelector('dialog:has(form)'); search.showModal(); "
        "search.querySelector('input').style.paddingLeft = 0",
    ),
]
BROKEN_ON_A_PHONE = [
    (checks.distorted_pictures, "document.querySelector('article img').style.height = '380px'"),
    (checks.cut_formulas, "document.querySelectorAll('div.math').forEach((one) => { one.scrollLeft = 99; })"),
    (checks.covered_code, "document.querySelectorAll('.copybtn').forEach((button) => { button.style.opacity = 1; })"),
    (checks.dead_menus, CLONE.format("primary")),
    (checks.dead_menus, CLONE.format("secondary")),
    (checks.dead_menus, "document.querySelector('.secondary-toggle').remove()"),
    (checks.dead_menus, "document.querySelector('.primary-toggle').style.marginLeft = '-500px'"),
    (checks.dead_menus, "HTMLDialogElement.prototype.close = () => {}"),
    (checks.dead_menus, "document.querySelector('.secondary-toggle').focus = () => {}"),
]


@pytest.mark.parametrize(("check", "change"), BROKEN)
def test_each_check_finds_a_violation(browser, specimen, check, change):
    assert_found(browser, specimen, check, change)


@pytest.mark.parametrize(("check", "change"), BROKEN_ON_A_PHONE)
def test_each_check_finds_a_violation_on_a_phone(browser, specimen, check, change):
    assert_found(browser, specimen, check, change, width=390, height=844)


def assert_found(browser, address, check, change, **options):
    with visit(browser, address, **options) as page:
        page.evaluate(f"() => {{ {change} }}")
        settle(page)
        assert check(page)


@pytest.mark.parametrize("options", [{}, {"width": 390, "height": 844, "has_touch": True}])
def test_no_check_finds_a_violation_where_there_is_none(browser, specimen, options):
    with visit(browser, specimen, **options) as page:
        used = {check for check, _ in (BROKEN_ON_A_PHONE if options else BROKEN)}
        assert problems(page, sorted(used, key=ORDER.index)) == {}


def test_a_slider_that_no_finger_moves_is_found(browser, specimen):
    with visit(browser, specimen, width=390, has_touch=True) as page:
        stop = "addEventListener('touchstart', (event) => event.preventDefault(), { passive: false, capture: true })"
        page.evaluate(f"() => {{ {stop} }}")
        assert [problem for problem in checks.dead_sliders(page) if "a finger" in problem]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<article class="bd-article"', '<article hidden class="bd-article"'),
        ('src="../_images/', 'src="../_images/not-'),
        ('class="slider-frame"', 'hidden class="slider-frame"'),
        (" hidden>", ">"),
        ('class="slider-control"', ""),
        ("annotation", "nothing"),
    ],
)
def test_what_is_missing_without_javascript_is_found(browser, specimen_site, tmp_path, old, new):
    html = (specimen_site / "chapters/specimen.html").read_text("utf-8")
    assert old in html
    for name in ("_static", "_images"):
        (tmp_path / name).symlink_to(specimen_site / name)
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters/broken.html").write_text(html.replace(old, new), "utf-8")
    with (
        chromium.serving(tmp_path) as address,
        visit(browser, f"{address}chapters/broken.html", java_script_enabled=False) as page,
    ):
        assert checks.missing_without_javascript(page)


@pytest.mark.parametrize("link", ["nowhere.html", "#nowhere", "page.html#nowhere", "../pictures/no.png"])
def test_a_broken_link_is_found(tmp_path, link):
    (tmp_path / "page.html").write_text(f'<a id="here" href="#here">here</a> <a href="{link}">there</a>')
    assert len(checks.broken_links(tmp_path)) == 1


@pytest.mark.parametrize(
    "link",
    [
        "https://github.com/OWNER/batchnorm-book/issues/new?title=x",
        "https://mybinder.org/v2/gh/OWNER/batchnorm-book/main",
        "https://colab.research.google.com/github/OWNER/batchnorm-book/blob/main/x.ipynb",
    ],
)
def test_a_link_to_another_repository_is_found(tmp_path, link):
    (tmp_path / "page.html").write_text(f'<a href="{link}">there</a> <a href="https://github.com/{FORK}">home</a>')
    assert len(checks.links_to_others(tmp_path, FORK)) == 1
