"""The knowledge base: which article answers a question, and how who commands a unit writes, changes and removes articles."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.org import Article
from bot.ports import Change, Reading, ReadingContext
from bot.usecases.context import Context

TITLE, KEYWORD, BODY = 100, 32, 4000  # characters at most, as in an organization file
SHORTEST = 2  # characters of a keyword: one alone stands in nearly every sentence
KEYWORDS = 20
PARTS = ("title", "keywords", "body")


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as somebody has written it."""

    title: str
    keywords: tuple[str, ...]
    body: str


def subject(article: Article) -> str:
    """Under what its changes are noted."""
    return f"article:{article.id}"


# ---------------------------------------------------------------- answering


def answering(ctx: Context, unit: str, account: str, text: str) -> Article | None:
    """The article that answers an inquiry in a unit."""
    articles = ctx.org.articles_for(unit)
    context = ReadingContext(account, ctx.now, lambda _category: (), articles=articles, private=True, addressed=True)
    reading = ctx.services.reader.read(text, context)
    wanted = next((matter.article for matter in reading.matters if matter.article), None)
    return next((article for article in articles if article.id == wanted), None)


@dataclass(frozen=True, slots=True)
class Tried:
    """What would come of a question to the bot: an answer, or else what it is taken for; no nature where it is chat."""

    article: Article | None
    nature: str = ""
    category: str = ""


def try_out(ctx: Context, unit: str, account: str, question: str) -> Tried:
    """What would come of it if a resident of the unit asked the bot this; nothing is opened or kept."""
    around = ctx.org.around(unit)
    context = ReadingContext(
        account, ctx.now, lambda _category: (), places=around.names, articles=around.articles, addressed=True,
        community=around.root,
    )  # fmt: skip
    reading = ctx.services.reader.read(question, context)
    if not _is_asked(ctx, reading):
        return Tried(None)
    matter = next((one for one in reading.matters if one.nature == "inquiry"), reading.matters[0])
    found = answering(ctx, unit, account, question) if matter.nature == "inquiry" else None
    return Tried(found, matter.nature, matter.category)


def _is_asked(ctx: Context, reading: Reading) -> bool:
    return bool(reading.matters) and reading.actionable and reading.score >= ctx.settings.triage.doubtful


# ---------------------------------------------------------------- writing


def unfit(draft: Draft) -> list[str]:
    """The parts that cannot be stored so."""
    wrong = []
    if not 0 < len(draft.title) <= TITLE:
        wrong.append("title")
    if not 0 < len(draft.keywords) <= KEYWORDS or not all(SHORTEST <= len(one) <= KEYWORD for one in draft.keywords):
        wrong.append("keywords")
    if not 0 < len(draft.body) <= BODY:
        wrong.append("body")
    return wrong


def write(ctx: Context, by: str, unit: str, before: Article | None, draft: Draft) -> Article:
    """Store a fit draft as a new article of a unit, or in the place of the one before; each part that changed is noted."""
    if before is None:
        article = Article(ctx.services.ids.time_ordered(ctx.now), draft.title, unit, draft.keywords, draft.body)
    else:
        article = replace(before, title=draft.title, keywords=draft.keywords, body=draft.body)
    old = _said(before) if before else ("",) * len(PARTS)
    changed = [parts for parts in zip(PARTS, old, _said(article), strict=True) if parts[1] != parts[2]]
    if changed:
        ctx.uow.choices.put_article(article)
    _note(ctx, by, article, changed)
    return article


def _said(article: Article) -> tuple[str, str, str]:
    return article.title, "、".join(article.keywords), article.body


def _note(ctx: Context, by: str, article: Article, changed: Sequence[tuple[str, str, str]]) -> None:
    for what, before, after in changed:
        ctx.uow.choices.note(Change(ctx.now, by, article.unit, subject(article), what, before, after))


def remove(ctx: Context, by: str, article: Article) -> None:
    """An article answers nothing any more; it can be taken back."""
    ctx.uow.choices.remove_article(article)
    _note(ctx, by, article, [("removed", article.title, "")])


def take_back(ctx: Context, by: str, article: Article) -> None:
    """A removed article holds again."""
    ctx.uow.choices.put_article(article)
    _note(ctx, by, article, [("restored", "", article.title)])
