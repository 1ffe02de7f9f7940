"""Webhooks of a unit, for who commands it: which other programs are told of its tickets, and how that went last."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from aiohttp import web

from adapters.web.dashboard.desk import UNIT, Desk, desk_page, look
from adapters.web.dashboard.trail import trail
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import BadRequest, Refusal
from adapters.web.security import form_of
from adapters.web.tickets import Times
from bot.domain.hook import IN_A_ROW, KINDS, ON, Hook, stands
from bot.ports import Change, UnitOfWork
from bot.usecases import hooks
from bot.usecases.context import Context

PATH = "/desk/webhooks"
URL, ID, ACTION, DONE = "url", "hook", "action", "done"  # fields, and what the address says was done
CHANGES = 20  # that are shown
Act = Callable[[Context, Desk, Hook], Hook | None]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows beside the list: a secret, once, and of which webhook; what was wrong with what was typed."""

    hook: Hook | None = None
    wrong: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """The webhooks of the unit and of all below it, and who changed what at the unit itself."""

    hooks: Sequence[Hook]
    changes: Sequence[Change]


def routes() -> list[web.RouteDef]:
    """The page and its forms."""
    return [web.get(PATH, show), web.post(PATH, change)]


async def show(request: web.Request) -> web.StreamResponse:
    """The list, and a form for one more."""
    desk, found = await look(request, _listed, commanders=True)
    return _page(request, desk, found, Shown())


def _of_desk(uow: UnitOfWork, desk: Desk) -> list[Hook]:
    return hooks.of_units(uow, desk.units)


def _listed(uow: UnitOfWork, desk: Desk) -> Listed:
    return Listed(_of_desk(uow, desk), uow.choices.changes(desk.unit.id, hooks.SUBJECT, CHANGES))


async def change(request: web.Request) -> web.StreamResponse:
    """One more, or something done to one. A secret is shown in the answer and never again."""
    form = await form_of(request)
    job = _adding(form) if URL in form else _acting(form)
    desk, (shown, found) = await look(request, partial(job, deps=request.app[DEPS]), commanders=True)
    if shown.hook is None and not shown.wrong:
        raise web.HTTPSeeOther(f"{PATH}?{urlencode({UNIT: desk.unit.id, DONE: form[ACTION]})}")
    return _page(request, desk, found, shown)


Job = Callable[..., tuple[Shown, Listed]]


def _adding(form: Mapping[str, str]) -> Job:
    kinds = [kind for kind in KINDS if kind in form]
    if not set(form) <= {URL, *KINDS}:
        raise BadRequest("webhook")
    return partial(_add, url=form[URL].strip(), kinds=kinds)


def _add(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, url: str, kinds: Sequence[str]) -> tuple[Shown, Listed]:
    try:
        shown = Shown(hooks.subscribe(_context(uow, desk, deps), desk.person, desk.unit.id, url, kinds))
    except hooks.Unfit as error:
        shown = Shown(wrong=error.reason, typed=url)
    return shown, _listed(uow, desk)


def _acting(form: Mapping[str, str]) -> Job:
    if set(form) != {ID, ACTION} or form[ACTION] not in ACTIONS:
        raise BadRequest("webhook")
    return partial(_act, wanted=form[ID], act=ACTIONS[form[ACTION]])


def _act(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, wanted: str, act: Act) -> tuple[Shown, Listed]:
    """What is decided already looks like what never was there."""
    hook = next((one for one in _of_desk(uow, desk) if one.id == wanted), None)
    if hook is None:
        raise Refusal("error.not_found", 404)
    shown = Shown(act(_context(uow, desk, deps), desk, hook))
    return shown, _listed(uow, desk)


def _context(uow: UnitOfWork, desk: Desk, deps: WebDeps) -> Context:
    return Context(uow, desk.now, desk.org, deps.services)


def _test(ctx: Context, _desk: Desk, hook: Hook) -> None:
    hooks.try_out(ctx, hook)


def _switch_on(ctx: Context, desk: Desk, hook: Hook) -> None:
    hooks.switch_on(ctx, hook, desk.person)


def _turn(ctx: Context, desk: Desk, hook: Hook) -> Hook:
    return hooks.turn_secret(ctx, hook, desk.person)


def _remove(ctx: Context, desk: Desk, hook: Hook) -> None:
    hooks.remove(ctx.uow, ctx.now, hook, desk.person.id)


ACTIONS: Mapping[str, Act] = {"test": _test, "on": _switch_on, "turn": _turn, "remove": _remove}


# ---------------------------------------------------------------- the page


def state_of(desk: Desk, hook: Hook) -> str:
    """How a webhook stands: as stored, or ``orphan`` where who made it has lost the right."""
    return "orphan" if hook.state == ON and not stands(hook, desk.org) else hook.state


def said(deps: WebDeps, word: str) -> str:
    """What came of an attempt, in words."""
    key = "hooks.last.arrived" if word.startswith("http 2") else f"hooks.last.{word}"
    if key in deps.catalog.sections["web"]:
        return deps.words(key)
    return deps.words("hooks.last.answer", status=word.removeprefix("http "))


def _kind(deps: WebDeps, kind: str) -> str:
    """An event in a word; that a ticket was not accepted is known by its state alone."""
    labels = deps.catalog
    return labels.label("event" if kind in labels.sections["event"] else "state", kind)


def _page(request: web.Request, desk: Desk, found: Listed, shown: Shown) -> web.Response:
    deps = request.app[DEPS]
    done = request.query.get(DONE, "")
    context = {
        "rows": [(hook, state_of(desk, hook), said(deps, hook.last) if hook.last else "") for hook in found.hooks],
        "steps": trail(deps, desk, found.changes, lambda _change, value: value),
        "shown": shown,
        "done": done if done in ACTIONS else "",
        "kinds": KINDS,
        "kind_of": partial(_kind, deps),
        "in_a_row": IN_A_ROW,
        "time": Times(deps, desk.unit.zone),
    }
    response = desk_page(request, "hooks.html", desk, context)
    response.set_status(400 if shown.wrong else 200)
    return response
