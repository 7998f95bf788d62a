"""The browser that the page's tests and measurements use: ``python tools/chromium.py`` makes sure that there is one."""

import functools
import gzip
import http.server
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
OPTIONS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
OPTIONS += ["--disable-component-update", "--disable-sync"]
OPTIONS += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # it reaches this machine and nothing else
COMPRESSED = (".html", ".js", ".css", ".svg", ".json", ".ipynb")


class NoBrowserError(Exception):
    """There is no Chromium, and none could be had; the message says what to do, in one line."""


def find(environment=os.environ):
    """The path of a Chromium: from CHROMIUM, the PATH or Playwright's downloads; None if there is none."""
    if named := environment.get("CHROMIUM"):
        if not os.access(named, os.X_OK):
            raise NoBrowserError(f"CHROMIUM must name a program; {named!r} is none")
        return named
    for name in NAMES:
        if found := shutil.which(name, path=environment.get("PATH")):
            return found
    with sync_playwright() as playwright:
        downloaded = playwright.chromium.executable_path
    return downloaded if Path(downloaded).exists() else None


def ensure(environment=os.environ):
    """The path of a Chromium, installed first where that disturbs nobody: Debian's package, in CI or a container."""
    if found := find(environment):
        return found
    ours = environment.get("CI") or any(Path(mark).exists() for mark in CONTAINER_MARKS)
    if ours and os.geteuid() == 0 and shutil.which("apt-get", path=environment.get("PATH")):
        print("Installing Debian's Chromium for the tests of the pages …", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**environment, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "--quiet"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", "chromium"], check=False, **quiet)
        if found := find(environment):
            return found
    raise NoBrowserError(
        "The pages are tested in Chromium, and there is none here: install it, or name one in the variable CHROMIUM, "
        f"or run '{Path(sys.executable).parent}/playwright install chromium'"
    )


@contextmanager
def running(path=None):
    """A running Chromium, as Playwright's browser. It can open what `serving` serves, and nothing else."""
    alone = [] if os.geteuid() else ["--no-sandbox"]  # Chromium's sandbox refuses to run as root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path or ensure(), args=OPTIONS + alone)
        yield browser
        browser.close()


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder as GitHub Pages does: compressed, and to be kept for ten minutes."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            return self.send_error(404)
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = _gzipped(path, path.stat().st_mtime_ns)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@functools.cache
def _gzipped(path, changed):
    return gzip.compress(path.read_bytes(), 6)


@contextmanager
def serving(folder):
    """The address at which a folder is served, from this machine and to it alone."""
    handler = functools.partial(_Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    try:
        ensure()
    except NoBrowserError as error:
        sys.exit(f"make test: {error}")
