"""An organization file, ORG.toml or .xlsx, → Organization, or everything that is wrong with it."""

from pathlib import Path

from adapters.orgfile.assemble import Assembly
from adapters.orgfile.problems import Report
from adapters.orgfile.rules import check_cells
from adapters.orgfile.schema import sheet_titles, toml_titles
from adapters.orgfile.tomlfile import read_toml
from adapters.orgfile.workbook import read_xlsx
from bot.domain.org import Organization

MAX_BYTES = 20 * 2**20


def read_org(path: Path) -> Organization:
    """Read an organization file (contracts/replay.md). OrgFileError lists all problems, also that of no file."""
    in_sheets = path.suffix.lower() == ".xlsx"
    report = Report(path.name, sheet_titles() if in_sheets else toml_titles())
    content = _content(path, report)
    report.stop()
    rows, zone = (read_xlsx(content, report), None) if in_sheets else read_toml(content, report)
    if not rows:
        report.stop()  # a file that cannot be read has no missing rows
    check_cells(rows, report)
    org = Assembly(rows, report, zone, by_name=in_sheets).organization()
    report.stop()
    return org


def _content(path: Path, report: Report) -> bytes:
    if path.suffix.lower() not in {".toml", ".xlsx"}:
        report.add("只认 .toml 和 .xlsx 文件")
        return b""
    try:
        if path.stat().st_size <= MAX_BYTES:
            return path.read_bytes()
        report.add(f"文件太大，最多 {MAX_BYTES // 2**20} MB")
    except OSError as error:
        report.add(f"打不开（{error.strerror}）")
    return b""
