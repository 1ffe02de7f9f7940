"""Classes of trouble that were put to an owner, and their tasks."""

from bot.ports import Sweep
from storage.mapping import Row, dump, from_ms, names, to_ms
from storage.repository import Pen, Repository
from storage.statements import columns, insert_sql, select_sql
from storage.tables_sweeps import SweepRow, SweepTaskRow


class Sweeps(Repository):
    """``ports.Sweeps``."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._claim = insert_sql(SweepRow, ignore=True)
        self._get = select_sql(SweepRow, columns(SweepRow), ("ticket_id",))
        self._of_unit = f"{select_sql(SweepRow, columns(SweepRow), ('unit',), '-at')}, ticket_id DESC"
        self._add_task = insert_sql(SweepTaskRow)
        self._tasks = select_sql(SweepTaskRow, ("ticket_id",), ("sweep",), "ticket_id")

    def claim(self, sweep: Sweep) -> bool:
        """Take a proposal; False where its unit was asked the same before."""
        values = (sweep.ticket_id, sweep.unit, sweep.what, sweep.term, to_ms(sweep.at), dump(sweep.members))
        return self._run(self._claim, *values, sweep.notice) == 1

    def get(self, ticket_id: str) -> Sweep | None:
        """The proposal that a ticket stands for."""
        row = self._one(self._get, ticket_id)
        return None if row is None else _sweep(row)

    def of_unit(self, unit: str) -> list[Sweep]:
        """Those of exactly this unit, newest first."""
        return [_sweep(row) for row in self._all(self._of_unit, unit)]

    def add_task(self, sweep: str, ticket_id: str) -> None:
        """A ticket is a task of the class whose ticket this is."""
        self._run(self._add_task, ticket_id, sweep)

    def tasks(self, sweep: str) -> list[str]:
        """The ids of the tasks of a class, in the order of their making."""
        return [row[0] for row in self._all(self._tasks, sweep)]


def _sweep(row: Row) -> Sweep:
    ticket_id, unit, what, term, at, members, notice = row
    return Sweep(ticket_id, unit, what, term, from_ms(at), tuple(names(members)), notice)
