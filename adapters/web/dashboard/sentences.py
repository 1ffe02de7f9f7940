"""The sentences of a group, for who commands its unit: each can be said in words of the group's own, tried out before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aiohttp import web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.dashboard.settings import GROUP, address, group_of
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import BadRequest, Refusal
from adapters.web.security import form_of
from adapters.web.words import clean_text
from bot.domain.org import Group
from bot.ports import UnitOfWork
from bot.render.render import clean
from bot.usecases import choices, sentences
from bot.usecases.context import Context

PATH = "/desk/settings/words"
KEY = "key"  # the parameter that names the sentence
GOES = ("preview", "save", "reset")  # the buttons of the form


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence in the list: as the group reads it now, and whether in words of its own."""

    key: str
    words: str
    own: bool


def routes() -> list[web.RouteDef]:
    """The list of sentences, and the form of one."""
    return [web.get(PATH, show), web.post(PATH, save)]


async def show(request: web.Request) -> web.StreamResponse:
    """All sentences of the group, or the one that is named."""
    desk, group = await look(request, partial(_group, wanted=request.query.get(GROUP, "")), commanders=True)
    key = request.query.get(KEY, "")
    if key:
        return _page(request, desk, group, sentences.current(request.app[DEPS].catalog, group, _known(key)))
    context = {"group": group, "lines": _lines(request.app[DEPS], desk, group), "address": partial(address, desk)}
    return desk_page(request, "sentences.html", desk, context)


def _group(_uow: UnitOfWork, desk: Desk, *, wanted: str) -> Group:
    return group_of(desk, wanted)


def _known(key: str) -> str:
    if key not in sentences.KEYS:
        raise Refusal("error.not_found", 404)
    return key


def _at(desk: Desk, group: Group) -> datetime:
    return desk.now.astimezone(desk.org.units[group.unit].zone)


def _lines(deps: WebDeps, desk: Desk, group: Group) -> Sequence[Line]:
    catalog = deps.catalog
    return [
        Line(
            key,
            sentences.preview(catalog, group, key, _fit(deps, group, key), _at(desk, group)),
            group.manners.sentence(key) is not None,
        )
        for key in sentences.KEYS
    ]


def _fit(deps: WebDeps, group: Group, key: str) -> str:
    """The sentence that is said: a newer catalog may have slots that the group's own words lack."""
    text = sentences.current(deps.catalog, group, key)
    wrong = sentences.unfit(deps.catalog, deps.services.commands, key, text)
    return sentences.standard(deps.catalog, key) if wrong == "slots" else text


async def save(request: web.Request) -> web.StreamResponse:
    """Show what words would look like, take them, or take the usual ones again."""
    deps, form = request.app[DEPS], await form_of(request)
    if len(form) != 2 or "text" not in form or not set(form) & set(GOES):
        raise BadRequest("sentence")
    key, wanted = _known(request.query.get(KEY, "")), request.query.get(GROUP, "")
    text = (
        sentences.standard(deps.catalog, key) if "reset" in form else " ".join(clean(clean_text(form["text"])).split())
    )
    wrong = sentences.unfit(deps.catalog, deps.services.commands, key, text)
    if wrong or "preview" in form:
        desk, group = await look(request, partial(_group, wanted=wanted), commanders=True)
        return _page(request, desk, group, text, wrong)
    desk, group = await look(request, partial(_store, deps=deps, wanted=wanted, key=key, text=text), commanders=True)
    await deps.inbound.reload()
    raise web.HTTPSeeOther(address(desk, group, PATH, **{KEY: key, "saved": "1"}))


def _store(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, wanted: str, key: str, text: str) -> Group:
    group = group_of(desk, wanted)
    ctx = Context(uow, desk.now, desk.org, deps.services)
    choices.choose(ctx, desk.person.id, group, sentences.choice(deps.catalog, key, text))
    return group


def _page(request: web.Request, desk: Desk, group: Group, text: str, wrong: str = "") -> web.Response:
    """``text`` is what the field shows, as typed where something was wrong with it."""
    deps, key, at = request.app[DEPS], request.query.get(KEY, ""), _at(desk, group)
    fit = not (wrong or sentences.unfit(deps.catalog, deps.services.commands, key, text))
    context = {
        "group": group,
        "text": text,
        "wrong": wrong,
        "usual": sentences.standard(deps.catalog, key),
        "own": group.manners.sentence(key) is not None,
        "preview": sentences.preview(deps.catalog, group, key, text, at) if fit else "",
        "samples": sentences.samples(deps.catalog, group, key, at),
        "saved": "saved" in request.query and request.method == "GET",
        "most": sentences.LONGEST,
        "here": address(desk, group, PATH, **{KEY: key}),
        "back": address(desk, group, PATH),
    }
    response = desk_page(request, "sentence.html", desk, context)
    response.set_status(400 if wrong else 200)
    return response
