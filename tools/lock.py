"""Write requirements.txt: one exact pin for everything that any extra of pyproject.toml brings in.

pip resolves the newest allowed versions without installing them. What holds on one machine only is left out: local
versions (``+cpu``), the CUDA packages of torch's Linux build, extras, hashes, addresses, and the book itself.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# Exact versions of everything that the book needs, for building, running, testing and editing: `make lock` writes
# this file. Use it as constraints: `pip install -c requirements.txt …` takes what is asked for, at these versions.
"""
LEFT_OUT = re.compile(r"(nvidia|cuda)[-_]|triton$|(pip|setuptools|wheel)$")


def pins(report):
    """The lines of requirements.txt, from pip's installation report."""
    found = [item["metadata"] for item in report["install"] if "dir_info" not in item["download_info"]]
    kept = [item for item in found if not LEFT_OUT.match(item["name"].lower())]
    return sorted((f"{item['name']}=={item['version'].partition('+')[0]}" for item in kept), key=str.lower)


def main():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = re.search(r">=(\d+\.\d+)", project["requires-python"])[1]
    if sys.version.split(".")[:2] != oldest.split("."):
        sys.exit(f"Pins are resolved for the oldest Python supported, {oldest}; .venv has {sys.version.split()[0]}.")
    everything = f"{ROOT}[{','.join(project['optional-dependencies'])}]"
    options = ["--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    result = subprocess.run([sys.executable, "-m", "pip", "install", *options, everything], stdout=subprocess.PIPE)
    if result.returncode:
        sys.exit("pip could not resolve pyproject.toml; what it said stands above. requirements.txt is unchanged.")
    lines = pins(json.loads(result.stdout))
    (ROOT / "requirements.txt").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"requirements.txt: {len(lines)} pins")


if __name__ == "__main__":
    main()
