"""Matrix: rooms on a homeserver of one's own (the extra ``matrix``). Unencrypted rooms only."""

from adapters.matrix.channel import MatrixChannel
from bot.ports import Tools
from bot.settings import MatrixSettings


def connect(settings: MatrixSettings, tools: Tools) -> MatrixChannel:
    """The platform; nothing is asked of the network yet."""
    return MatrixChannel(settings, tools)
