"""Kill the real bot again and again, and see whether anybody notices.

A process that has imported everything forks the bot; the bot opens the real database and talks to a platform in the parent.
It is killed at a chosen point, a new one is forked, the platform delivers again what was not acknowledged, until the story
is told. Then the judge compares with a run in which nobody died.

    python -m tests.crash.harness --kills 100000 --seed 7 [--keyless] [--plant ack_before_commit]

Whether the disk was told to sync is no matter here: what a killed process has written stays with the kernel, so the files
lie in memory where they can. Power cuts are another test.
"""

import argparse
import asyncio
import gc
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

from bot.app import Ids, build_engine
from bot.settings import Settings
from bot.usecases.engine import Engine
from storage.open import open_storage
from tests.crash.bugs import BUGS
from tests.crash.child import Parts, Rig, live, start
from tests.crash.fuse import POINTS, Fuse, Plan, plan_for
from tests.crash.oracle import Picture, judge, look
from tests.crash.platform import GoneError, HungError, Platform
from tests.crash.story import story
from tests.fakes import new_database, town

CALM = 400  # so many starts for one story are enough: then it is told to its end
SHOWN = 12  # faults in a report


@dataclass
class Report:
    """What a number of stories gave."""

    kills: int = 0
    stories: int = 0
    points: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    uncertain: int = 0
    merged: int = 0
    seconds: float = 0.0


class Harness:
    """Stories told under fire. ``plant`` names a bug that every bot of these stories carries."""

    def __init__(self, folder: Path, seed: int, keyed: bool = True, plant: str | None = None) -> None:
        self.folder, self.seed, self.keyed = folder, seed, keyed
        self.plant = BUGS[plant] if plant else None
        self.engine: Engine = build_engine(Settings(), town(), Ids(seed))
        self.parts = Parts(self.engine.services, self.engine.renderer)
        self.report = Report()
        self._births = 0
        self._targets = _targets(random.Random(seed))
        self.quiet = self._tell_quietly()
        gc.collect()
        gc.freeze()  # a child that collects garbage would copy every page it looks at

    def run(self, kills: int) -> Report:
        """Tell stories until so many bots were killed, or until something is wrong."""
        begun = time.perf_counter()
        while self.report.kills < kills and not self.report.faults:
            self._tell(self.seed * 1_000_003 + self.report.stories)
        self.report.seconds = round(time.perf_counter() - begun, 1)
        return self.report

    def calm(self) -> list[str]:
        """What is wrong when the story is told once without any death: planted bugs like to look fine by day."""
        path = self._new_path()
        platform = Platform(story(), self.keyed, random.Random(0), faults=False)
        fault = self._life(path, platform, Plan())
        return [fault] if fault else judge(path, self.engine, platform.ledger, self.quiet)

    def _tell_quietly(self) -> Picture:
        """The story as it goes when nobody dies and nothing comes twice."""
        plant, self.plant = self.plant, None
        path = self._new_path()
        platform = Platform(story(), self.keyed, random.Random(0), faults=False)
        fault = self._life(path, platform, Plan())
        self.plant = plant
        if fault or not platform.is_over:
            raise RuntimeError(f"the quiet run failed: {fault}")
        with open_storage(path, "OFF") as storage:
            return look(storage, platform.ledger)

    def _new_path(self) -> Path:
        return new_database(self.folder / f"story-{self.report.stories}-{self._births}.db")

    def _tell(self, seed: int) -> None:
        rng = random.Random(seed)
        path = self._new_path()
        platform = Platform(story(), self.keyed, rng, faults=True)
        fault: str | None = None
        for attempt in range(CALM + 1):
            plan = plan_for(next(self._targets), rng) if attempt < CALM else Plan()
            fault = self._life(path, platform, plan)
            if fault or platform.is_over:
                break
        self.report.stories += 1
        faults = [fault] if fault else judge(path, self.engine, platform.ledger, self.quiet)
        self.report.faults += [f"seed {seed}: {one}" for one in faults]
        self.report.merged += sum(message.kind == "digest" for message in platform.ledger.shown)
        self._note_and_tidy(path)

    def _note_and_tidy(self, path: Path) -> None:
        with open_storage(path, "OFF") as storage:
            self.report.uncertain += len(storage.uow.outbox.in_state("uncertain", 1000))
        if not self.report.faults:
            for file in self.folder.glob(f"{path.name}*"):
                file.unlink()

    # ------------------------------------------------------------ one life

    def _life(self, path: Path, platform: Platform, plan: Plan) -> str | None:
        """One bot from its birth to its death; gives back what was wrong with either."""
        self._births += 1
        ours, theirs = Pipe()
        child = os.fork()
        if child == 0:
            ours.close()
            self._be_the_bot(path, theirs, plan)
        theirs.close()
        try:
            platform.serve(ours, plan, lambda: os.kill(child, signal.SIGKILL))
        except GoneError:
            pass
        except HungError:
            os.kill(child, signal.SIGKILL)
            return f"the bot hung ({plan})"
        finally:
            ours.close()
            _, status = os.waitpid(child, 0)
        return self._cause_of_death(status, platform, plan)

    def _cause_of_death(self, status: int, platform: Platform, plan: Plan) -> str | None:
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            self.report.kills += 1
            self.report.points[plan.point] += 1
            return None
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 and platform.is_over:
            return None
        return f"the bot died by itself, status {status} ({plan}): {self._last_words()}"

    def _last_words(self) -> str:
        log = self.folder / "bot.log"
        return log.read_text(encoding="utf-8", errors="replace")[-600:] if log.exists() else ""

    def _be_the_bot(self, path: Path, connection: Connection, plan: Plan) -> NoReturn:
        """In the child: live, and leave without touching anything of the parent."""
        try:
            log = os.open(self.folder / "bot.log", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            os.dup2(log, 1)
            os.dup2(log, 2)
            fuse = Fuse(plan)
            fuse.watch_calls()

            def make() -> Rig:
                return start(self.parts, path, fuse, connection, self.seed * 100_000 + self._births, self.keyed)

            asyncio.run(live(make, self.plant))
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)


def _targets(rng: random.Random) -> Iterator[str]:
    """Points to die at: all of them in turn, each round in another order."""
    while True:
        yield from rng.sample(POINTS, len(POINTS))


@contextmanager
def harness(seed: int, keyed: bool = True, plant: str | None = None) -> Iterator[Harness]:
    """A harness in a folder that goes away with it."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder with a random name is made in it
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="gridsteward-crash-", dir=place) as folder:
        yield Harness(Path(folder), seed, keyed, plant)


def main() -> None:
    """Run from the command line; prints one JSON object, ends with 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keyless", action="store_true")
    parser.add_argument("--plant", choices=sorted(BUGS))
    chosen = parser.parse_args()
    with harness(chosen.seed, not chosen.keyless, chosen.plant) as one:
        calm = one.calm()
        report = one.run(chosen.kills)
    sys.stdout.write(
        json.dumps({**vars(report), "calm": calm[:SHOWN], "faults": report.faults[:SHOWN]}, ensure_ascii=False) + "\n"
    )
    sys.exit(1 if report.faults else 0)


if __name__ == "__main__":
    main()
