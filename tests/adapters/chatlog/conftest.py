"""Exports to read."""

from pathlib import Path

import pytest

from tests.adapters.chatlog.shapes import Export


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)
