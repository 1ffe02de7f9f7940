"""A real homeserver for the tests: Synapse, in a folder of its own, one for the whole run.

``install`` fetches it beforehand, as CI does; else the first test that wants it does.
"""

import asyncio
import atexit
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

PINNED = "matrix-synapse==1.163.2"
HERE = Path(__file__).parent
HOME = HERE.parents[2] / "var" / "peers" / "synapse"
BOOT = 40.0  # seconds on a busy machine


class Synapse:
    """A homeserver that can be killed and started again."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._data = Path(tempfile.mkdtemp(prefix="gridsteward-synapse-"))
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"
        atexit.register(self._end)

    async def up(self) -> None:
        """Start it where it is not running, and wait until it answers."""
        if self._process is None:
            command = [str(HERE / "start_synapse.sh"), str(self._home), str(self._data), str(self._port)]
            with (self._data / "log").open("ab") as log:
                self._process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: ASYNC220 - a moment
        async with asyncio.timeout(BOOT), ClientSession() as session:
            while not await self._answers(session):  # noqa: ASYNC110 - it rings no bell
                await asyncio.sleep(0.1)

    def end(self, clean: bool = False) -> None:
        """As when the power fails, or in an orderly way (``clean``)."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM if clean else signal.SIGKILL)
            self._process.wait()
            self._process = None

    async def _answers(self, session: ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/_matrix/client/versions") as response:
                return response.status == 200
        except ClientError:
            return False

    def _end(self) -> None:
        self.end()
        shutil.rmtree(self._data, ignore_errors=True)


@cache
def synapse() -> Synapse:
    """The server of this run; skips where it cannot be installed, except in CI."""
    try:
        install()
    except (OSError, subprocess.SubprocessError) as error:
        reason = f"Synapse cannot be installed: {type(error).__name__}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return Synapse(HOME)


def install() -> None:
    """Once for all workers, into a folder that git ignores."""
    HOME.parent.mkdir(parents=True, exist_ok=True)
    with HOME.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = HOME / PINNED
        if stamp.exists():
            return
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True, capture_output=True)
        pip = [str(HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PINNED]
        subprocess.run(pip, check=True, capture_output=True, timeout=600)
        stamp.touch()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
