"""One person on several platforms: one-time codes, written privately to the bot or sent by it, make an account a duty-holder's."""

from datetime import timedelta
from hashlib import sha256

from bot.domain.org import Person
from bot.messages import InboundMessage
from bot.usecases import telling
from bot.usecases.context import Context

LINK_LIFE = timedelta(minutes=10)


def send_link(ctx: Context, message: InboundMessage, person: Person) -> None:
    """看板: a link, good once and not for long, that lets a browser in as whoever asked for it. It is only ever sent privately."""
    code = ctx.services.ids.secret()
    ctx.uow.org.issue_code(person.id, _digest(code), ctx.now + LINK_LIFE)
    words = {
        "url": f"{ctx.settings.web.address}/sign-in/{code}",
        "minutes": int(LINK_LIFE.total_seconds() // 60),
        "person": person.name,
    }
    telling.answer_privately(ctx, message.account, "board.link", words=words)


def _digest(code: str) -> str:
    return sha256(code.encode("utf-8", "replace")).hexdigest()


def bind(ctx: Context, message: InboundMessage, words: str) -> bool:
    """绑定 and the code, or the whole link that ends with it. False in a group: a code that others can read is spent on nobody."""
    if not message.private:
        return False
    code = words.strip().rstrip("/").rpartition("/")[2]
    person = ctx.org.people.get(ctx.uow.org.use_code(_digest(code), message.account, ctx.now) or "")
    if person is None:
        telling.answer(ctx, message.account, message.chat_key, "bind.wrong")
        return True
    ctx.org_changed = True
    telling.answer(ctx, message.account, message.chat_key, "bind.done", words={"person": person.name})
    return True
