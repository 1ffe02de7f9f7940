"""``python -m benchmarks [NAME …]``: run the named benches, or all, each in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence

from benchmarks.facts import facts
from benchmarks.latency import ack
from benchmarks.meter import Figures
from benchmarks.million import million
from benchmarks.month import replay
from benchmarks.path import full_normal, held, path, tickets
from benchmarks.reading import triage
from benchmarks.size import memory
from benchmarks.timers import timers

BENCHES: dict[str, Callable[[], Figures]] = {
    bench.__name__: bench
    for bench in (path, tickets, ack, full_normal, held, memory, timers, triage, replay, facts, million)
}


def main(names: Sequence[str]) -> int:
    """Print one line of JSON for each bench; exit status 2 where a name is unknown."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    if len(names) == 1:
        print(json.dumps({"bench": names[0], **BENCHES[names[0]]()}), flush=True)
        return 0
    command = [sys.executable, "-m", "benchmarks"]  # a process each: what one leaves in memory is not the next one's
    return max(subprocess.run([*command, name], check=False).returncode for name in names or BENCHES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
