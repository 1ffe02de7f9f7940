"""What an app still lacks, in sentences for its operator."""

from aiohttp import ClientError

from adapters.feishu.api import Api, NotSentError
from adapters.feishu.content import word
from bot.ports import Refused
from bot.settings import FeishuSettings

ACTIVE = 2  # activate_status of a bot that is switched on
GRANTED = 1
SCOPES = {
    "im:message:send_as_bot": "以应用身份发消息",
    "im:message.p2p_msg:readonly": "读取用户发给机器人的单聊消息",
    "im:resource": "上传和下载图片",
}
ADDRESSED = {"im:message.group_at_msg:readonly": "接收群聊中 @机器人 的消息"}
ALL = {"im:message.group_msg": "获取群组中所有消息"}
# Any of them lists the members of a group; any of them lets us hear of its new title.
MEMBERS = ("im:chat.members:read", "im:chat:readonly", "im:chat")
TITLES = ("im:chat:readonly", "im:chat:read", "im:chat")


async def missing(api: Api, settings: FeishuSettings) -> list[str]:
    """A sentence for each thing."""
    try:
        return [*await _bot(api), *await _scopes(api, settings), *_callback(settings)]
    except Refused as error:
        return [str(error)]
    except (ClientError, OSError, NotSentError) as error:
        return [f"连不上飞书开放平台（{type(error).__name__}）"]


async def _bot(api: Api) -> list[str]:
    answer = await api.get("/open-apis/bot/v3/info")
    bot = answer.body.get("bot")
    if answer.is_down or answer.is_limited:
        raise NotSentError(f"status {answer.status}, code {answer.code}")
    if answer.code or not word(bot, "open_id"):
        return [f"应用没有机器人能力：请在“添加应用能力”里加上机器人（{answer.code} {answer.words}）"]
    status = bot.get("activate_status") if isinstance(bot, dict) else None
    return [] if status == ACTIVE else ["机器人还没有启用：请发布应用版本，并由管理员审核通过"]


async def _scopes(api: Api, settings: FeishuSettings) -> list[str]:
    answer = await api.get("/open-apis/application/v6/scopes")
    scopes = answer.data.get("scopes")
    if answer.code or not isinstance(scopes, list):
        return [f"查不到应用的权限，请自己核对（{answer.code} {answer.words}）"]
    granted = {
        word(one, "scope_name") for one in scopes if isinstance(one, dict) and one.get("grant_status") == GRANTED
    }
    wanted = SCOPES | (ALL if settings.hears_all else ADDRESSED)
    lacks = [f"缺少权限 {scope}（{what}）" for scope, what in wanted.items() if scope not in granted]
    if not granted & set(MEMBERS):
        lacks.append(f"缺少权限 {MEMBERS[0]}（看不到群里的昵称）")
    if not granted & set(TITLES):
        lacks.append(f"缺少权限 {TITLES[0]}（跟不上群改名）")
    return lacks


def _callback(settings: FeishuSettings) -> list[str]:
    whole = settings.encrypt_key.get_secret_value() and settings.verification_token.get_secret_value()
    return ["回调方式需要 encrypt_key 和 verification_token"] if settings.mode == "callback" and not whole else []
