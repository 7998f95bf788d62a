"""What the built chapters ask of a reader, and how they look: ``python tools/measure.py`` (`make measure`).

Prints a table, a row a chapter, of the pages in _build/html as a reader has them who asked to be shown each prediction's
answer and unfolded nothing. The tests of the pages hold the chapters to `LIMITS`.
"""

import sys

import chapters
import chromium
import lesson
from checkout import ROOT

WIDE, PHONE = (1280, 900), (390, 844)
LIMITS = {  # the most that each of these may be
    "told": lesson.MOST_TOLD,
    "minutes to read": lesson.MOST_MINUTES,
    "code, % of the height": 20,
    "first picture, screens": 1.5,
    "code boxes cut off": 0,
}
COLUMNS = ["told", "folded", "minutes to read", "with exercises", "screens, 1280", "screens, 390"]
COLUMNS += ["code, % of the height", "first picture, screens", "code boxes cut off"]

SHOW_ANSWERS = "() => document.querySelectorAll('.show-me').forEach((button) => button.click())"
LOOK = """() => {
  const shown = (selector) => [...document.querySelectorAll(`article ${selector}`)].filter((part) => part.checkVisibility());
  const height = (part) => part.getBoundingClientRect().height;
  const code = shown(".cell_input");
  const [picture] = shown(":is(img, .slider)");
  return {
    screens: document.documentElement.scrollHeight / innerHeight,
    code: 100 * code.reduce((sum, part) => sum + height(part), 0) / height(document.querySelector("article")),
    picture: picture ? (picture.getBoundingClientRect().top + scrollY) / innerHeight : null,
    cut: code.filter((part) => [...part.querySelectorAll("pre")].some((box) => box.scrollWidth > box.clientWidth)).length,
  };
}"""


def asked(notebook):
    """What a chapter asks of its reader: claims and minutes."""
    read, whole = lesson.minutes(notebook)
    told, folded = len(lesson.told(notebook)), len(lesson.folded(notebook))
    return {"told": told, "folded": folded, "minutes to read": read, "with exercises": whole}


def look(page):
    """How an open page looks: its height in screens, and what code and pictures have of it."""
    page.evaluate(SHOW_ANSWERS)
    seen = page.evaluate(LOOK)
    return {
        f"screens, {page.viewport_size['width']}": seen["screens"],
        "code, % of the height": seen["code"],
        "first picture, screens": seen["picture"],
        "code boxes cut off": seen["cut"],
    }


def excesses(measured):
    """Where a chapter goes past the limits, in words. What is not there to be measured is None, and too much."""
    for name, most in LIMITS.items():
        if measured[name] is None or measured[name] > most:
            yield f"{name}: {measured[name]}, at most {most}"


def measure(browser, address, name, notebook):
    """All columns of a chapter's row."""
    measured = asked(notebook)
    for width, height in (PHONE, WIDE):  # where both say the same of something, what is said of the wide one stays
        with browser.new_page(viewport={"width": width, "height": height}) as page:
            page.goto(f"{address}{name}.html")
            measured |= look(page)
            page.wait_for_load_state("networkidle")  # pictures that come when they are near
    return measured


def main():
    site = ROOT / "_build/html"
    if not site.exists():
        sys.exit("make measure: there are no pages in _build/html; run make book")
    print(f"| chapter | {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * len(COLUMNS)}")
    with chromium.serving(site) as address, chromium.running() as browser:
        for name in [name for name in chapters.order() if name.startswith("chapters/")]:
            measured = measure(browser, address, name, chapters.read(ROOT / f"{name}.ipynb"))
            cells = [f"{value:.1f}" if isinstance(value, float) else value for value in map(measured.get, COLUMNS)]
            print(f"| {name.removeprefix('chapters/')} | {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    main()
