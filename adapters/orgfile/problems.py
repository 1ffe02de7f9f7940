"""What is wrong with an organization file, said so that the person who wrote it finds the place."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: in which file, sheet or table, row (a line in TOML), column or field, and what it is, in Chinese."""

    file: str
    table: str
    row: int | None
    column: str
    message: str

    def __str__(self) -> str:
        row = f"第 {self.row} 行" if self.row else ""
        place = "｜".join(part for part in (self.file, self.table, row, self.column) if part)
        return f"{place}：{self.message}"


class OrgFileError(Exception):
    """The file cannot be taken; ``problems`` lists everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: ``number`` is its row or line in the file; cells hold text, a number, or texts or pairs."""

    table: str
    number: int
    cells: dict[str, object]


@dataclass(slots=True)
class Report:
    """Collects the problems of one file. ``titles`` says what the file calls its tables and columns."""

    file: str
    titles: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    def add(self, message: str, table: str = "", row: int | None = None, column: str = "") -> None:
        """Note a problem; tables and columns go by their codes, ``unit`` and ``unit.parent``."""
        title = self.titles.get(f"{table}.{column}", column)
        self.problems.append(Problem(self.file, self.titles.get(table, table), row, title, message))

    def about(self, row: Row, column: str, message: str) -> None:
        """Note a problem with a cell."""
        self.add(message, row.table, row.number, column)

    def stop(self) -> None:
        """Raise OrgFileError if anything was wrong."""
        if self.problems:
            tables = list(self.titles.values())
            order = {problem.table: tables.index(problem.table) for problem in self.problems if problem.table in tables}
            raise OrgFileError(sorted(self.problems, key=lambda p: (order.get(p.table, -1), p.row or 0)))
