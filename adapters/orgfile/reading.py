"""An organization file, ORG.toml or .xlsx, → Organization, or everything that is wrong with it."""

from pathlib import Path

from adapters.orgfile.assemble import Assembly
from adapters.orgfile.problems import Report
from adapters.orgfile.rules import check_cells
from adapters.orgfile.schema import sheet_titles, toml_titles
from adapters.orgfile.tomlfile import read_toml
from adapters.orgfile.workbook import read_xlsx
from bot.domain.org import Organization
from bot.ports import Office

MAX_BYTES = 20 * 2**20


def read_org(path: Path, office: Office | None = None) -> Organization:
    """Read an organization file (contracts/replay.md). OrgFileError lists all problems, also that of no file.

    ``office`` reads .xlsx; without it only .toml is taken.
    """
    in_sheets = path.suffix.lower() == ".xlsx"
    report = Report(path.name, sheet_titles() if in_sheets else toml_titles())
    content = _content(path, report, office is not None)
    report.stop()
    rows, zone = (read_xlsx(content, report, office), None) if office and in_sheets else read_toml(content, report)
    if not rows:
        report.stop()  # a file that cannot be read has no missing rows
    check_cells(rows, report)
    org = Assembly(rows, report, zone, by_name=in_sheets).organization()
    report.stop()
    return org


def _content(path: Path, report: Report, sheets: bool) -> bytes:
    if path.suffix.lower() not in ({".toml", ".xlsx"} if sheets else {".toml"}):
        report.add("只认 .toml 和 .xlsx 文件" if sheets else "只认 .toml 文件")
        return b""
    try:
        if path.stat().st_size <= MAX_BYTES:
            return path.read_bytes()
        report.add(f"文件太大，最多 {MAX_BYTES // 2**20} MB")
    except OSError as error:
        report.add(f"打不开（{error.strerror}）")
    return b""
