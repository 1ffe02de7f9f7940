"""Which format an export is in: told by its text, not by its name."""

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo

from adapters.chatlog import table, telegram, wechat
from adapters.chatlog.columns import delimiter_of
from adapters.chatlog.entries import Found

Parser = Callable[[Iterable[str], tzinfo], Iterator[Found]]

PARSERS: dict[str, Parser] = {"wechat": wechat.read, "telegram": telegram.read, "csv": table.read}


def format_of(head: str) -> str:
    """The format of a file that begins with this text."""
    head = head.lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        return "telegram"
    return "csv" if delimiter_of(head.partition("\n")[0].rstrip("\r")) else "wechat"
