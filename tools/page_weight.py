"""Weigh a chapter's page against what a stock Jupyter Book makes of the same sources: ``python tools/page_weight.py``.

Both are built and measured in this run, in Chromium, from a local server that compresses, through a line of 10 Mbit/s
with 40 ms of delay. What stock pages fetch from other sites comes from here too, in the same versions.
"""

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

import chromium

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "_ext"))

import npm_assets  # noqa: E402

PAGE = "chapters/mechanism.html"
RUNS = 3
LINE = {"offline": False, "latency": 40, "downloadThroughput": 10e6 / 8, "uploadThroughput": 10e6 / 8}
FOREIGN = {  # what a stock page asks for elsewhere → the same file in a package of assets.json
    "https://cdn.jsdelivr.net/npm/mathjax@3/es5/": ("mathjax", ""),
    "https://cdn.jsdelivr.net/npm/@jupyter-widgets/html-manager@1.0.6/dist/": ("stock-widgets", ""),
    "https://cdnjs.cloudflare.com/ajax/libs/require.js/2.3.4/require.min.js": ("stock-require", "require.js"),
}
# A slider answers when turning it changes what is shown; asked every 20 ms from the first moment on.
WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
const shown = () => document.querySelector(".slider-value, .widget-readout")?.textContent;
let before;
const timer = setInterval(() => {
  const ours = document.querySelector(".slider input"), stock = document.querySelector(".noUi-handle");
  if (!ours && !stock) return;
  before ||= shown();
  if (ours) { ours.value = Number(ours.value) + 1; ours.dispatchEvent(new Event("input", { bubbles: true })); }
  else stock.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", keyCode: 39, bubbles: true }));
  if (before && shown() !== before) { window.answers = performance.now(); clearInterval(timer); }
}, 20);
"""


def stock_copy(folder):
    """The book's sources with the configuration that `jupyter-book create` would leave."""
    for name in ("_toc.yml", "intro.md", "references.md", "references.bib", "chapters", "_static"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for name in ("book.css", "book.js"):
        (folder / "_static" / name).unlink()
    ours = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    kept = ("title", "author", "only_build_toc_files", "execute", "parse", "bibtex_bibfiles")
    stock = {key: ours[key] for key in kept} | {"exclude_patterns": ["_build"]}
    (folder / "_config.yml").write_text(yaml.safe_dump(stock), "utf-8")
    return folder


def build(folder, target):
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(folder), "--path-output", str(target)]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode:
        sys.exit(built.stdout[-2000:] + built.stderr[-2000:])
    return target / "_build/html"


def bring_home(site):
    """Let a stock page ask this server for what it asks others for."""
    page = site / PAGE
    html = re.sub(r' integrity="[^"]*"', "", page.read_text("utf-8"))  # npm has require.js unminified, 15 kB heavier
    for start, (package, name) in FOREIGN.items():
        target = site / "_static" / package
        shutil.copytree(npm_assets.unpacked(package), target, dirs_exist_ok=True)
        html = html.replace(start, f"../_static/{package}/{name}")
    page.write_text(html, "utf-8")


def measure(browser, address):
    """One visit: what the first view took, then the whole page, scrolled through."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    line = context.new_cdp_session(page)
    requests, sizes = [], []
    line.on("Network.requestWillBeSent", lambda event: requests.append(event["request"]["url"]))
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    page.goto(address + PAGE)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("window.answers", timeout=20000)
    page.wait_for_timeout(500)
    result = {
        "first view, kB": sum(sizes) / 1000,
        "first view, requests": len(requests),
        "first text, ms": page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
        "slider answers, ms": page.evaluate("window.answers"),
        "layout shift": page.evaluate("window.shifted"),
    }
    height = page.evaluate("document.documentElement.scrollHeight")
    for y in range(0, height, 600):
        page.evaluate("y => scrollTo(0, y)", y)
        page.wait_for_timeout(40)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)
    result["whole page, kB"] = sum(sizes) / 1000
    result["whole page, requests"] = len(requests)
    result["asked elsewhere"] = sum(not url.startswith((address, "data:")) for url in requests)
    context.close()
    return result


def main():
    with tempfile.TemporaryDirectory() as folder:
        stock = Path(folder, "stock")
        stock.mkdir()
        sites = {
            "this book": build(ROOT, Path(folder, "ours")),
            "stock": build(stock_copy(stock), Path(folder, "stock-built")),
        }
        bring_home(sites["stock"])
        rows = {}
        with chromium.running() as browser:
            for name, site in sites.items():
                with chromium.serving(site) as address:
                    runs = [measure(browser, address) for _ in range(RUNS)]
                rows[name] = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    names = list(rows)
    print("| median of", RUNS, "|", " | ".join(names), "|")
    print("| --- |" + " ---: |" * len(names))
    for key in rows[names[0]]:
        digits = 3 if key == "layout shift" else 0
        print(f"| {key} |", " | ".join(f"{rows[name][key]:,.{digits}f}" for name in names), "|")


if __name__ == "__main__":
    main()
