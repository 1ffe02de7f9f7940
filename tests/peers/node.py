"""Programs of Node that tests need: installed once from their lock files, under ``var/peers``.

Where Node is missing the test is skipped, except in CI.
"""

import fcntl
import filecmp
import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

CACHE = Path(__file__).parents[2] / "var" / "peers"


def installed(home: Path, script: str) -> Path:
    """The folder with a program and its packages; ``home`` holds it, package.json and package-lock.json."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        _miss("node and npm are needed")
    pinned = [home / name for name in ("package.json", "package-lock.json")]
    folder = CACHE / f"{home.name}-{sha256(b''.join(source.read_bytes() for source in pinned)).hexdigest()[:12]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            _install(folder, pinned)
        if not (folder / script).exists() or not filecmp.cmp(home / script, folder / script, False):
            shutil.copy(home / script, folder / "new.mjs")
            (folder / "new.mjs").replace(folder / script)  # somebody may be reading it
    return folder


def _install(folder: Path, sources: list[Path]) -> None:
    folder.mkdir(exist_ok=True)
    for source in sources:
        shutil.copy(source, folder)
    command = ["npm", "ci", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        _miss(f"npm ci failed: {done.stderr[-300:]}")
    (folder / "installed").touch()


def _miss(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
