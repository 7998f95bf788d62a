"""The built pages in a real browser. Every check is also run on a page that was broken on purpose, and must find it."""

import notebooks
import pytest
import yaml

import checks
import chromium
from checks import FORK, visit

CONTENTS = yaml.safe_load((notebooks.ROOT / "_toc.yml").read_text("utf-8"))
PAGES = [CONTENTS["root"], *(entry["file"] for entry in CONTENTS["chapters"]), "search"]
CHAPTERS = [name for name in PAGES if name.startswith("chapters/")]
EVERYWHERE = [
    checks.outside_requests,
    checks.complaints,
    checks.untypeset_formulas,
    checks.sideways_scroll,
    checks.layout_shift,
]


@pytest.mark.parametrize("name", PAGES)
def test_page(browser, address, name):
    with visit(browser, f"{address}{name}.html") as page:
        for check in [*EVERYWHERE, checks.dead_sliders]:
            assert check(page) == [], check.__name__


@pytest.mark.parametrize("name", PAGES)
def test_page_on_a_phone(browser, address, name):
    with visit(browser, f"{address}{name}.html", width=390, height=844, has_touch=True) as page:
        for check in [*EVERYWHERE, checks.dead_sliders]:
            assert check(page) == [], check.__name__
        assert checks.barriers(page, colours=False) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_open_to_all(browser, address, name, scheme):
    """In both schemes, with all that is folded opened, and the first menu too."""
    with visit(browser, f"{address}{name}.html", color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        page.evaluate("document.querySelectorAll('article details').forEach((details) => { details.open = true; })")
        if menus := page.locator(".bd-header-article .dropdown button").all():
            menus[0].click()
            assert page.locator(".dropdown-menu a:visible").count() > 1
        assert checks.barriers(page) == []


@pytest.mark.parametrize("name", PAGES[:-1])  # searching is done by a script
def test_page_without_javascript(browser, address, name):
    with visit(browser, f"{address}{name}.html", java_script_enabled=False) as page:
        for check in (checks.missing_without_javascript, checks.outside_requests, checks.sideways_scroll):
            assert check(page) == [], check.__name__


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_stored_slider_is_on_the_page(site, name):
    notebook = notebooks.read(notebooks.ROOT / f"{name}.ipynb")
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    stored = sum(notebooks.WIDGET_VIEW in output.get("data", {}) for output in outputs)
    assert stored > 0 and (site / f"{name}.html").read_text("utf-8").count('class="slider"') == stored


def test_links(site):
    assert checks.broken_links(site) == []


def test_a_forks_pages_name_the_fork(site):
    assert checks.links_to_others(site, FORK) == []
    for name in CHAPTERS:
        links = [link for link in checks.read_links(site / f"{name}.html").links if FORK in link]
        version = yaml.safe_load((notebooks.ROOT / "CITATION.cff").read_text("utf-8"))["version"]
        for wanted in [
            f"https://mybinder.org/v2/gh/{FORK}/main?urlpath=lab/tree/{name}.ipynb",
            f"https://colab.research.google.com/github/{FORK}/blob/main/{name}.ipynb",
            f"https://github.com/{FORK}/blob/main/{name}.ipynb",
        ]:
            assert wanted in links
        report = next(link for link in links if "/issues/new" in link)
        assert name.replace("/", "%2F") in report and f"Version%3A%20{version}" in report
        download = next(link for link in checks.read_links(site / f"{name}.html").links if "_sources/" in link)
        assert (site / "chapters" / download).read_bytes() == (notebooks.ROOT / f"{name}.ipynb").read_bytes()


def test_search_finds_a_word(browser, address):
    with visit(browser, f"{address}search.html?q=variance") as page:
        page.locator("#search-results a").first.wait_for()
        assert "chapters/mechanism.html" in page.locator("#search-results a").first.get_attribute("href")
        assert checks.outside_requests(page) + checks.complaints(page) == []


def test_a_page_prints_its_pictures_and_no_controls(browser, address):
    with visit(browser, f"{address}{CHAPTERS[0]}.html") as page:
        page.emulate_media(media="print")
        assert page.locator(".slider-frame:visible").count() == page.locator(".slider").count()
        for part in (
            ".slider-control input",
            ".bd-sidebar-primary",
            ".bd-sidebar-secondary",
            ".article-header-buttons",
        ):
            assert page.locator(f"{part}:visible").count() == 0, part


# Each check on a page that breaks its rule.

SMALL_BUTTON = '<button style="width: 9px; height: 9px; padding: 0; border: 0; font-size: 5px">a</button>'
BROKEN = [
    (checks.outside_requests, "document.body.append(Object.assign(new Image(), { src: 'https://example.org/a.png' }))"),
    (checks.outside_requests, "fetch('https://example.org/').catch(() => {})"),
    (checks.complaints, "console.error('no')"),
    (checks.complaints, "setTimeout(() => { throw new Error('no'); })"),
    (checks.complaints, "document.body.append(Object.assign(new Image(), { src: 'nowhere.png' }))"),
    (checks.untypeset_formulas, r"document.querySelector('article p').append('\\(x^2\\)')"),
    (checks.untypeset_formulas, "document.querySelector('article p').append('half of $x^2$ is')"),
    (checks.untypeset_formulas, r"document.querySelector('article .math').textContent = '\\frac12'"),
    (checks.untypeset_formulas, "document.querySelector('article mjx-math').replaceChildren()"),
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
]


@pytest.mark.parametrize(("check", "change"), BROKEN)
def test_each_check_finds_a_violation(browser, address, check, change):
    name = CONTENTS["root"] if check is checks.barriers else CHAPTERS[0]
    with visit(browser, f"{address}{name}.html", until="load") as page:
        page.evaluate(f"() => {{ {change} }}")
        page.wait_for_timeout(100)
        assert check(page)


def test_a_slider_that_no_finger_moves_is_found(browser, address):
    with visit(browser, f"{address}{CHAPTERS[0]}.html", width=390, has_touch=True) as page:
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
def test_what_is_missing_without_javascript_is_found(browser, site, tmp_path, old, new):
    html = (site / f"{CHAPTERS[0]}.html").read_text("utf-8")
    assert old in html
    for name in ("_static", "_images"):
        (tmp_path / name).symlink_to(site / name)
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
