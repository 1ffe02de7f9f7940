"""The real server as a process of its own, that can be killed and started again on the same port and database."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ORG = Path(__file__).with_name("org.toml")
AWAKE = {  # the clock on the wall must not decide whether the bot speaks
    "GRIDSTEWARD_SPEAKING__QUIET_FROM": "00:00",
    "GRIDSTEWARD_SPEAKING__QUIET_UNTIL": "00:00",
    "GRIDSTEWARD_SPEAKING__BUDGET_PER_HOUR": "100",
}


@dataclass(slots=True)
class Server:
    """``gridsteward run`` on a database of its own."""

    database: Path
    url: str = ""
    process: subprocess.Popen[str] | None = None
    links: dict[str, str] = field(default_factory=dict)

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "bot", *arguments, "--db", str(self.database)]

    def _ask(self, *arguments: str) -> str:
        done = subprocess.run(self._command(*arguments), capture_output=True, text=True, check=True, timeout=60)
        return done.stdout

    def set_up(self) -> None:
        """Import the organization, and note the paths of the links that people are given."""
        printed = self._ask("init", str(ORG)) + self._ask("code", "wang")
        self.links["owner"], self.links["steward"] = re.findall(r"/bind/\S+", printed)
        self.links["room"] = re.findall(r"/r/\S+", printed)[0]

    def link_for(self, person: str) -> str:
        """The path of a link by which a browser becomes somebody; before the start."""
        return str(re.findall(r"/bind/\S+", self._ask("code", person))[0])

    def start(self) -> None:
        """Start, and wait until it listens; a second start takes the same port."""
        port = self.url.rpartition(":")[2] or "0"
        command = self._command("run", "--port", port)
        environment = os.environ | AWAKE
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "listening:" in line, f"the server did not start: {line!r}"
        self.url = line.split()[1].rstrip("/")

    def kill(self) -> None:
        """SIGKILL: no goodbye, nothing flushed."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End in peace."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(20)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None
