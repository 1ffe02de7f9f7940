"""Files of office programs: tables (.xlsx) and reports (.docx), behind ``bot.ports.Office``."""

from collections.abc import Callable, Mapping, Sequence

from bot.ports import Chart, Document, Grid, Sheet


class OfficeFiles:
    """Its libraries are loaded with the first file: the running bot rarely reads or writes one."""

    def read(self, content: bytes, max_rows: int) -> Mapping[str, Grid]:
        """The cells of each sheet of an .xlsx; raises ``Unreadable``."""
        from adapters.office.reading import read_workbook  # noqa: PLC0415 - a tenth of a start

        return read_workbook(content, max_rows)

    def workbook(self, sheets: Sequence[Sheet]) -> bytes:
        """An .xlsx. Text stays text, whatever it begins with."""
        from adapters.office.writing import write_workbook  # noqa: PLC0415 - the same

        return write_workbook(sheets)

    def document(self, document: Document, draw: Callable[[Chart], bytes] | None = None) -> bytes:
        """A .docx, A4. ``draw`` makes a PNG of a chart; without it a chart is a table of its numbers."""
        from adapters.office.document import write_document  # noqa: PLC0415 - the same

        return write_document(document, draw)
