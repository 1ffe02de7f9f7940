"""The knowledge base of a unit, for who commands it: its articles, what would answer a question, and an editor for them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from aiohttp import web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.dashboard.trail import trail
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import BadRequest, Refusal
from adapters.web.security import form_of
from adapters.web.words import checked_text, clean_text
from bot.domain.org import Article
from bot.ports import Change, UnitOfWork
from bot.usecases import knowledge
from bot.usecases.context import Context
from bot.usecases.knowledge import Draft, Tried

PATH, ONE = "/desk/knowledge", "/desk/knowledge/article"
ID, QUESTION, START = "article", "q", "from"  # parameters
LISTED = 60  # articles of one page
CHANGES, CUT = 10, 600  # of an article; characters of each
FORM = 64 * 1024  # bytes: the longest article in escapes
DRAFT = frozenset(knowledge.PARTS)
_MARKS, _BLANKS = re.compile(r"[、，,；;\n]+"), re.compile(r"\s+")


def routes() -> list[web.RouteDef]:
    """The list, and an article with its form."""
    return [web.get(PATH, index), web.get(ONE, show), web.post(ONE, save)]


def address(desk: Desk, path: str = PATH, **more: object) -> str:
    """A page of the knowledge base for the unit that is looked at."""
    return f"{path}?{urlencode({'unit': desk.unit.id, **more})}"


# ---------------------------------------------------------------- the list


@dataclass(frozen=True, slots=True)
class Shelf:
    """What stands in the list: articles that may be changed, those from above, those removed, and what was tried out."""

    own: Sequence[Article]
    above: Sequence[Article]
    removed: Sequence[Article]
    tried: Tried | None


async def index(request: web.Request) -> web.StreamResponse:
    """The articles that hold for the unit and below it."""
    question = checked_text(request.query.get(QUESTION, ""))
    start = request.query.get(START, "0")
    if not re.fullmatch(r"\d{1,6}", start, re.ASCII):
        raise BadRequest("from")
    desk, shelf = await look(request, partial(_shelf, deps=request.app[DEPS], question=question), commanders=True)
    first = int(start)
    context = {
        "shelf": shelf,
        "shown": shelf.own[first : first + LISTED],
        "later": first + LISTED if len(shelf.own) > first + LISTED else None,
        "question": question,
        "address": partial(address, desk),
        "unit_name": partial(_unit_name, desk),
    }
    return desk_page(request, "knowledge.html", desk, context)


def _shelf(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, question: str) -> Shelf:
    ctx = Context(uow, desk.now, desk.org, deps.services)
    return Shelf(
        [article for article in desk.org.articles if article.unit in desk.units],
        [article for article in desk.org.articles_for(desk.unit.id) if article.unit not in desk.units],
        _removed(uow, desk),
        knowledge.try_out(ctx, desk.unit.id, desk.visitor.key, question) if question else None,
    )


def _removed(uow: UnitOfWork, desk: Desk) -> list[Article]:
    return [article for unit in desk.units for article in uow.choices.removed_articles(unit)]


def _unit_name(desk: Desk, article: Article) -> str:
    unit = desk.org.units.get(article.unit)
    return unit.name if unit else article.unit


# ---------------------------------------------------------------- one article


@dataclass(frozen=True, slots=True)
class View:
    """An article, None for one that is to be written, and its changes."""

    article: Article | None
    changes: Sequence[Change] = ()


async def show(request: web.Request) -> web.StreamResponse:
    """The form of an article, or of a new one where none is named."""
    desk, view = await look(request, partial(_view, wanted=request.query.get(ID, "")), commanders=True)
    found = view.article
    draft = Draft(found.title, found.keywords, found.body) if found else Draft("", (), "")
    return _page(request, desk, view, draft)


def _view(uow: UnitOfWork, desk: Desk, *, wanted: str) -> View:
    if not wanted:
        return View(None)
    article = _named(desk.org.articles, desk, wanted)
    return View(article, uow.choices.changes(article.unit, knowledge.subject(article), CHANGES))


def _named(articles: Sequence[Article], desk: Desk, wanted: str) -> Article:
    """The article of a desk; one of others, or of a unit above, is not there."""
    found = next((one for one in articles if one.id == wanted and one.unit in desk.units), None)
    if found is None:
        raise Refusal("error.not_found", 404)
    return found


async def save(request: web.Request) -> web.StreamResponse:
    """Store an article, remove it or take it back; it holds at once."""
    await look(
        request, lambda _uow, _desk: None, commanders=True
    )  # whoever has no business here is told nothing of forms
    form, wanted = await form_of(request, FORM), request.query.get(ID, "")
    if set(form) == DRAFT:
        return await _write(request, _typed(form), wanted)
    if set(form) not in ({"remove"}, {"restore"}) or not wanted:
        raise BadRequest("article")
    job = partial(_remove if "remove" in form else _restore, deps=request.app[DEPS], wanted=wanted)
    desk, _ = await look(request, job, commanders=True)
    await request.app[DEPS].inbound.reload()
    raise web.HTTPSeeOther(address(desk))


def _typed(form: Mapping[str, str]) -> Draft:
    keywords = clean_text(form["keywords"])
    parts = (_MARKS if _MARKS.search(keywords) else _BLANKS).split(keywords)
    words = dict.fromkeys(" ".join(part.split()) for part in parts)
    return Draft(" ".join(clean_text(form["title"]).split()), tuple(filter(None, words)), clean_text(form["body"]))


async def _write(request: web.Request, draft: Draft, wanted: str) -> web.StreamResponse:
    wrong = knowledge.unfit(draft)
    job = partial(_store, deps=request.app[DEPS], wanted=wanted, draft=None if wrong else draft)
    desk, view = await look(request, job, commanders=True)
    if wrong or view.article is None:
        return _page(request, desk, view, draft, wrong)
    await request.app[DEPS].inbound.reload()
    raise web.HTTPSeeOther(address(desk, ONE, **{ID: view.article.id, "saved": 1}))


def _store(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, wanted: str, draft: Draft | None) -> View:
    view = _view(uow, desk, wanted=wanted)
    if draft is None:
        return view
    ctx = Context(uow, desk.now, desk.org, deps.services)
    return View(knowledge.write(ctx, desk.person.id, desk.unit.id, view.article, draft))


def _remove(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, wanted: str) -> None:
    ctx = Context(uow, desk.now, desk.org, deps.services)
    knowledge.remove(ctx, desk.person.id, _named(desk.org.articles, desk, wanted))


def _restore(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, wanted: str) -> None:
    ctx = Context(uow, desk.now, desk.org, deps.services)
    knowledge.take_back(ctx, desk.person.id, _named(_removed(uow, desk), desk, wanted))


def _page(request: web.Request, desk: Desk, view: View, draft: Draft, wrong: Sequence[str] = ()) -> web.Response:
    """``draft`` is what the fields show, as typed where something was wrong with it."""
    context = {
        "view": view,
        "draft": draft,
        "wrong": wrong,
        "steps": trail(request.app[DEPS], desk, view.changes, lambda _change, value: _cut(value)),
        "saved": "saved" in request.query,
        "limits": {"title": knowledge.TITLE, "body": knowledge.BODY},
        "here": address(desk, ONE, **({ID: view.article.id} if view.article else {})),
        "back": address(desk),
        "unit_name": _unit_name(desk, view.article) if view.article else desk.unit.name,
    }
    response = desk_page(request, "article.html", desk, context)
    response.set_status(400 if wrong else 200)
    return response


def _cut(text: str) -> str:
    return text if len(text) <= CUT else f"{text[:CUT]}…"
