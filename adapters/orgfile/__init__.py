"""The organization file: who answers for what, as people write it down (ORG.toml or org.xlsx) → Organization."""

from adapters.orgfile.advice import check_org
from adapters.orgfile.problems import OrgFileError, Problem
from adapters.orgfile.reading import read_org
from adapters.orgfile.writing import as_sheets, as_toml

__all__ = ["OrgFileError", "Problem", "as_sheets", "as_toml", "check_org", "read_org"]
