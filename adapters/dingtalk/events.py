"""What DingTalk tells of a group itself → the bot's own shape. Pure; odd input gives nothing and never raises.

It tells so only where the app subscribes to these events in the developer console, and of people with a staff id.
"""

from adapters.dingtalk.translate import CHANNEL, PRIVATE_CHAT, moment, word
from bot.messages import BOT, Presence, Renamed

TITLED, DISBANDED, QUIT = "chat_update_title", "chat_disband", "chat_quit"
MOVED = {"chat_add_member": True, "chat_remove_member": False}  # by somebody else


def events(kind: str, payload: object) -> list[Presence | Renamed]:
    """Who came and went, what the group is called now, and that it is no more: then the bot is not in it either."""
    chat = word(payload, "openConversationId")
    if not isinstance(payload, dict) or not chat or chat.startswith(PRIVATE_CHAT):
        return []
    at, operator = moment(payload.get("timeStamp")), word(payload, "operator")
    if at is None:
        return []
    if kind == TITLED:
        title = word(payload, "title").strip()
        return [Renamed(CHANNEL, chat, operator or BOT, at, title)] if title else []
    if kind == DISBANDED:
        return [Presence(CHANNEL, chat, BOT, at, joined=False)]
    people = payload.get("userId") if kind in MOVED else [operator] if kind == QUIT else []
    found = [who for who in people if isinstance(who, str)] if isinstance(people, list) else []
    return [Presence(CHANNEL, chat, who, at, MOVED.get(kind, False)) for who in found if who not in ("", BOT)]
