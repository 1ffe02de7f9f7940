"""Messages of a table, read by the trained reader: each by itself, or as conversations that the whole bot hears."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.triage.alone import read_alone
from adapters.triage.stream import Answer, Row, Stream
from adapters.triage.town import town_around, town_of
from bot.app import TRIAGE, Ids, build_engine, scratch_storage
from bot.domain.org import Organization
from bot.ports import Reader
from bot.settings import Settings
from bot.triage.engine.model import load
from bot.triage.engine.reader import TrainedReader
from bot.triage.lexicons import Lexicons, load_lexicons
from bot.triage.reader import RuleReader
from bot.triage.roles import load_roles
from bot.usecases.engine import Engine

SEED = 12345  # the ids of a table's tickets are the same each time

Watch = Callable[[Iterable[Row]], Iterable[Row]]


@dataclass(frozen=True)
class Table:
    """How tables are read: by which reader, and who counts as staff where no org file tells."""

    settings: Settings
    lexicons: Lexicons
    reader: Reader
    is_staff: Callable[[str], bool]

    def town(self, rows: Sequence[Row], org: Organization | None) -> Organization:
        """The organization that the rows are read in."""
        return town_around(org, rows, self.is_staff) if org else town_of(rows, self.is_staff)

    def alone(self, rows: Iterable[Row], town: Organization) -> Iterator[Answer]:
        """Each row by itself."""
        return (read_alone(self.reader, town, row) for row in rows)

    def together(self, rows: Sequence[Row], town: Organization, watch: Watch = lambda rows: rows) -> list[Answer]:
        """All groups in the order of time, on a database that goes away; the answers stand as the rows did."""
        order = sorted(range(len(rows)), key=lambda index: rows[index].minute)
        with scratch_storage(None, self.settings) as storage:
            storage.desk.run(lambda uow: uow.org.replace(town))
            engine = build_engine(self.settings, storage.desk.run(lambda uow: uow.org.load()), Ids(SEED))
            engine = Engine(replace(engine.services, reader=self.reader), engine.renderer, engine.org)
            timed = watch([rows[index] for index in order])
            answers = storage.desk.run(lambda uow: Stream(engine, uow).read(timed))
        placed = dict(zip(order, answers, strict=True))
        return [placed[index] for index in range(len(rows))]


def open_table(settings: Settings, model: Path | None = None) -> Table:
    """With the shipped model or another; raises ModelError."""
    lexicons = load_lexicons(TRIAGE)
    reader = TrainedReader(RuleReader(lexicons), load(model or TRIAGE / "model.npz"))
    return Table(settings, lexicons, reader, load_roles(TRIAGE / "roles.toml", lexicons.fold).has_duty)
