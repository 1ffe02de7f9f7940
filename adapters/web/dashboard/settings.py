"""The settings of a group, for who commands its unit: how it is listened to, how much and when the bot speaks in it."""

import unicodedata
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
from adapters.web.words import words_of
from bot.domain.deadline import LimitTable
from bot.domain.manners import BUDGET, OFF, ON, PRESET, QUIET_FROM, QUIET_UNTIL, THANKS
from bot.domain.org import LISTEN, Group
from bot.ports import Change, UnitOfWork
from bot.render.render import Renderer
from bot.usecases import choices, thanking
from bot.usecases.context import Context
from bot.usecases.finding import MANY, find, names_of_group
from bot.usecases.thanking import Thanks

PATH = "/desk/settings"
GROUP, NAME = "group", "name"  # the parameters that name the group, and by which it is looked for
FIELDS = (choices.HEARD, BUDGET, QUIET_FROM, QUIET_UNTIL, PRESET, THANKS)
SHOWN = 30  # changes
LABELLED = frozenset({choices.HEARD, PRESET, THANKS})  # whose values are codes of the catalog
OF_PRESETS = ("routine", "complex", "urgent", "emergency")  # urgencies whose limits are shown


@dataclass(frozen=True, slots=True)
class View:
    """The groups that may be chosen for, and one of them with what was changed in it; None where none was picked yet.

    ``thanks`` is what its residents would be told of the last week, in these ``words``; None where there is nothing to say.
    """

    groups: Sequence[Group]
    group: Group | None
    changes: Sequence[Change] = ()
    thanks: Thanks | None = None
    words: str = ""


def routes() -> list[web.RouteDef]:
    """The page and its form."""
    return [web.get(PATH, show), web.post(PATH, save)]


def group_of(desk: Desk, wanted: str) -> Group:
    """The group of a desk; one of others is not there."""
    group = desk.org.group(wanted)
    if group is None or group.unit not in desk.units:
        raise Refusal("error.not_found", 404)
    return group


def address(desk: Desk, group: Group, path: str = PATH, **more: str) -> str:
    """Where the settings of a group stand."""
    return f"{path}?{urlencode({'unit': desk.unit.id, GROUP: group.key, **more})}"


async def show(request: web.Request) -> web.StreamResponse:
    """The settings of the group that was picked, or the groups to pick from."""
    job = partial(_view, deps=request.app[DEPS], wanted=request.query.get(GROUP, ""))
    desk, view = await look(request, job, commanders=True)
    return _page(request, desk, view, choices.chosen(view.group) if view.group else {})


def _view(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, wanted: str) -> View:
    groups = [group for group in desk.org.groups.values() if group.unit in desk.units]
    if not wanted and len(groups) != 1:
        return View(groups, None)
    group = group_of(desk, wanted) if wanted else groups[0]
    ctx = Context(uow, desk.now, desk.org, deps.services)
    thanks = thanking.thanks_of(uow, desk.org, group, thanking.week_of(ctx, group)) if thanking.is_for(group) else None
    words = thanking.preview(ctx, Renderer(deps.catalog), group, thanks) if thanks else ""
    return View(groups, group, uow.choices.changes(group.unit, group.key, SHOWN), thanks, words)


async def save(request: web.Request) -> web.StreamResponse:
    """Take what the form says, all of it or nothing; it holds at once."""
    deps = request.app[DEPS]
    values = _typed(await form_of(request))
    wrong = choices.unfit(values, deps.services.presets)
    job = partial(_save, deps=deps, wanted=request.query.get(GROUP, ""), values={} if wrong else values)
    desk, view = await look(request, job, commanders=True)
    if wrong or view.group is None:
        return _page(request, desk, view, values, wrong)
    await deps.inbound.reload()
    raise web.HTTPSeeOther(address(desk, view.group, saved="1"))


def _typed(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, digits and colons of any width."""
    if set(form) | {THANKS} != set(FIELDS):  # staff are not thanked: their form has no such field
        raise BadRequest("settings")
    return {name: unicodedata.normalize("NFKC", form[name]).strip() for name in FIELDS if name in form}


def _save(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, wanted: str, values: Mapping[str, str]) -> View:
    group = group_of(desk, wanted)
    ctx = Context(uow, desk.now, desk.org, deps.services)
    changed = choices.choose(ctx, desk.person.id, group, values)
    if choices.HEARD in changed:
        choices.announce(ctx, group, values[choices.HEARD])
    if THANKS in changed and values[THANKS] == ON:
        thanking.begin(ctx, group)
    return _view(uow, desk, deps=deps, wanted=wanted)


def _page(
    request: web.Request, desk: Desk, view: View, values: Mapping[str, str], wrong: Sequence[str] = ()
) -> web.Response:
    """``values`` are what the fields show, as typed where something was wrong with it."""
    deps = request.app[DEPS]
    steps = trail(deps, desk, view.changes, partial(_said, deps))
    context = {
        "view": view,
        **_listed(desk, view, words_of(request, NAME)),
        "values": {name: values.get(name, "") for name in FIELDS},
        "wrong": wrong,
        "steps": steps,
        "saved": "saved" in request.query,
        "modes": LISTEN,
        "most": choices.MOST,
        "usual": deps.settings.speaking,
        "thanked": view.group is not None and thanking.is_for(view.group),
        "thanked_usually": OFF if not view.group or view.group.key not in deps.settings.digests.residents else ON,
        "address": partial(address, desk),
        "presets": [(name, _limits(deps, table)) for name, table in deps.services.presets.items()],
    }
    response = desk_page(request, "settings.html", desk, context)
    response.set_status(400 if wrong else 200)
    return response


def _listed(desk: Desk, view: View, words: str) -> dict[str, object]:
    """The groups to pick from: all where they are few; else the first ones until one is picked, and what words find."""
    groups = view.groups
    if len(groups) <= MANY:
        return {"listed": groups, "found": None}
    found = find(words, groups, partial(names_of_group, desk.org))
    return {"listed": found.shown if words else () if view.group else groups[:MANY], "found": found}


def _limits(deps: WebDeps, table: LimitTable) -> list[tuple[str, str]]:
    """Until when matters of each urgency are done, in words."""
    ends = [(urgency, table[urgency].finish) for urgency in OF_PRESETS if urgency in table]
    return [(urgency, deps.words(f"limit.{end.unit}", count=end.amount)) for urgency, end in ends if end]


def _said(deps: WebDeps, change: Change, value: str) -> str:
    """A chosen value as people read it."""
    if not value:
        return deps.words("choose.usual")
    return deps.catalog.label(change.what, value) if change.what in LABELLED else value
