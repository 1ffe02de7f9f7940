"""One person on several platforms: a one-time code, written privately to the bot, makes an account a duty-holder's."""

from hashlib import sha256

from bot.messages import InboundMessage
from bot.usecases import telling
from bot.usecases.context import Context


def bind(ctx: Context, message: InboundMessage, words: str) -> bool:
    """绑定 and the code, or the whole link that ends with it. False in a group: a code that others can read is spent on nobody."""
    if not message.private:
        return False
    code = words.strip().rstrip("/").rpartition("/")[2]
    digest = sha256(code.encode("utf-8", "replace")).hexdigest()
    person = ctx.org.people.get(ctx.uow.org.use_code(digest, message.account, ctx.now) or "")
    if person is None:
        telling.answer(ctx, message.account, message.chat_key, "bind.wrong")
        return True
    ctx.org_changed = True
    telling.answer(ctx, message.account, message.chat_key, "bind.done", words={"person": person.name})
    return True
