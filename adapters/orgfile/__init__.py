"""The organization file: who answers for what, as people write it down (ORG.toml or org.xlsx) → Organization."""

from adapters.orgfile.advice import check_org
from adapters.orgfile.problems import OrgFileError, Problem
from adapters.orgfile.reading import read_org

__all__ = ["OrgFileError", "Problem", "check_org", "read_org"]
