"""LibreOffice as an independent reader of the files that we write; a machine without it skips, CI does not."""

import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

OPENED_AS = {"xlsx": "fods", "docx": "fodt", "csv": "fods", "pdf": "fodt"}  # in plain XML, to be looked through
AS_WORDS = "--infilter=writer_pdf_import"


def office() -> str:
    """Where it lies."""
    found = shutil.which("soffice")
    if found is None and not os.environ.get("CI"):
        pytest.skip("no LibreOffice on this machine")
    assert found is not None, "CI must have LibreOffice"
    return found


def opened_by(program: str, file: Path, profile: Path) -> str:
    """What LibreOffice makes of a file, as XML."""
    kind = file.suffix[1:]
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        *([AS_WORDS] if kind == "pdf" else []),
    ]
    command += ["--convert-to", OPENED_AS[kind], "--outdir", str(file.parent), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return file.with_suffix(f".{OPENED_AS[kind]}").read_text(encoding="utf-8")


def words_of(content: bytes, kind: str, folder: Path) -> str:
    """The words of a file without spaces: where a reader of a PDF sees them is its own matter."""
    file = folder / f"read.{kind}"
    file.write_bytes(content)
    xml = opened_by(office(), file, folder / "office")
    body = xml[xml.index("<office:body") :].replace("<text:s/>", " ")
    return re.sub(r"\s", "", unescape(re.sub(r"<[^>]*>", "", body)))
