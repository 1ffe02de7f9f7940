"""Who lives on the fake DingTalk, and how it tells what they do."""

from datetime import UTC, datetime
from typing import Any

from tests.peers.peer import Seen

ID, SECRET, CORP, BOT_USER = "dingfake", "secret-fake", "dingcorp1", "$:LWCP_v1:$robot"
GROUP, TITLE = "cidFakeGroup+1==", "学苑业主群"
# 王 is a resident from outside: DingTalk gives no staff id for such people.
PEOPLE = {"zhang": "staff-zhang", "zhou": "manager4220"}
OUTSIDER = "$:LWCP_v1:$wang=="
MESSAGES, EVENTS = "/v1.0/im/bot/messages/get", "*"


def milliseconds(at: datetime | None = None) -> int:
    """As DingTalk writes times; now where none is given."""
    return int((at or datetime.now(UTC)).timestamp() * 1000)


def message(sender: str, text: str, private: bool, at: datetime | None) -> dict[str, Any]:
    """A message to the robot; ``sender`` is a staff id, or the made id of somebody outside."""
    made = sender if sender.startswith("$:") else f"$:LWCP_v1:${sender}"
    body: dict[str, Any] = {
        "conversationId": f"cid-{sender}" if private else GROUP,
        "conversationType": "1" if private else "2",
        "chatbotCorpId": CORP,
        "chatbotUserId": BOT_USER,
        "senderNick": sender[-5:],
        "senderId": made,
        "createAt": milliseconds(at),
        "robotCode": ID,
        "msgtype": "text",
        "text": {"content": f" {text} "},
    }
    if sender != made:
        body |= {"senderStaffId": sender, "senderCorpId": CORP}
    if not private:
        body |= {"isInAtList": True, "atUsers": [{"dingtalkId": BOT_USER}]}
    return body


def quote(body: dict[str, Any], quoted: Seen) -> None:
    """Make a message one that quotes what the bot said."""
    replied = {"msgId": quoted.id, "msgType": "text", "senderId": BOT_USER, "content": {"text": quoted.text}}
    body["text"] |= {"isReplyMsg": True, "repliedMsg": replied}
    body["originalMsgId"] = quoted.id
    if quoted.id.startswith("key"):
        body["originalProcessQueryKey"] = quoted.id


def illustrate(body: dict[str, Any], code: str) -> None:
    """Make a message one of words with a picture."""
    runs = [{"text": body.pop("text")["content"]}, {"type": "picture", "downloadCode": code}]
    body |= {"msgtype": "richText", "content": {"richText": runs}}


def happening(**data: object) -> dict[str, Any]:
    """What an event of the group carries; the kind of it stands in the frame's headers."""
    told = {"openConversationId": GROUP, "chatId": "chat1", "corpId": CORP, "timeStamp": milliseconds()}
    return told | {"operator": PEOPLE["zhou"], "operatorUnionId": "union1"} | data
