"""What must be true after all the deaths. The judge reads what people saw and the database, and compares with a quiet run."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

from bot.domain.ticket import Ticket
from bot.messages import is_private
from bot.ports import Notice
from bot.render.render import Renderer
from bot.usecases.context import Context
from bot.usecases.engine import Engine
from storage.open import Storage, open_storage
from tests.crash.platform import Ledger
from tests.fakes import MORNING, WIRE

OWN = {"id", "public_id", "repeat_of", "merged_into", "version", "events"}  # differ from run to run
PLAIN = [name.name for name in fields(Ticket) if name.name not in OWN]
ENDS = {"sent", "uncertain", "dead"}


@dataclass
class Picture:
    """What came of a run, in words that do not depend on ids."""

    tickets: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    votes: Counter[str] = field(default_factory=Counter)
    timers: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    notices: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)


def look(storage: Storage, ledger: Ledger) -> Picture:
    """The picture of a finished run."""
    with storage.uow.transaction() as uow:
        tickets = {ticket.id: ticket for ticket in uow.tickets.all()}
        name = {id_: f"#{ticket.number or ticket.created_at}" for id_, ticket in tickets.items()}
        picture = Picture(lines=ledger.lines())
        for id_, ticket in tickets.items():
            shown = {field_: getattr(ticket, field_) for field_ in PLAIN} | {"followers": sorted(ticket.followers)}
            picture.tickets[f"{name[id_]} {shown}"] += 1
            picture.events.update(f"{name[id_]} {_without(e.note, name)} {e}" for e in uow.audit.of(id_))
            picture.kept.update(f"{name[id_]} {w.key} {w.role} {w.text} {w.at}" for w in uow.words.of(id_))
            for round_ in range(1, ticket.poll_round + 1):
                picture.votes.update(f"{name[id_]} {vote}" for vote in uow.polls.votes(id_, round_))
        timers = storage.connection.execute("SELECT ticket_id, kind, due_at FROM timer").fetchall()
        picture.timers.update(f"{name[id_]} {kind} {due_at}" for id_, kind, due_at in timers)
        picture.notices.update(_notice(notice, name) for notice in _notices(storage))
    return picture


def _without(note: str, names: dict[str, str]) -> str:
    return names.get(note, note)


def _notices(storage: Storage) -> list[Notice]:
    rows = storage.connection.execute("SELECT id FROM outbox ORDER BY id").fetchall()
    found = (storage.uow.outbox.get(id_) for (id_,) in rows)
    return [notice for notice in found if notice is not None]


def _notice(notice: Notice, names: dict[str, str]) -> str:
    words = {name: value for name, value in notice.params.items() if name != "public_id"}
    if "lines" in words:  # ids of one instant, given by two lives of the bot, have no order
        words["lines"] = str(sorted(json.loads(words["lines"])))
    about = names.get(notice.ticket_id or "", "-")
    return f"{about} {notice.chat} {notice.key} {notice.mentions} {notice.created_at} {words}"


def judge(path: Path, engine: Engine, ledger: Ledger, quiet: Picture) -> list[str]:
    """Everything that is wrong, in words."""
    with open_storage(path, "OFF") as storage:
        seen = look(storage, ledger)
        return [
            *_differences(seen, quiet),
            *_shown(storage, engine, ledger, quiet),
            *_sound(storage),
            *_once(storage),
            *_ended(storage, ledger),
        ]


def _differences(seen: Picture, quiet: Picture) -> Iterator[str]:
    for what in ("tickets", "events", "votes", "timers", "kept", "notices"):
        now, then = getattr(seen, what), getattr(quiet, what)
        yield from (f"{what}: lost: {item}" for item in (then - now).elements())
        yield from (f"{what}: doubled or new: {item}" for item in (now - then).elements())


def _shown(storage: Storage, engine: Engine, ledger: Ledger, quiet: Picture) -> Iterator[str]:
    """No line twice; a line that nobody saw must be one that an operator is shown."""
    lines = ledger.lines()
    yield from (f"shown: twice: {line}" for line in (lines - quiet.lines).elements())
    unsure = [notice for notice in _notices(storage) if notice.state != "sent"]
    excused = Counter(line for notice in unsure if notice.params for line in _words(storage, engine, notice))
    erased = Counter(notice.chat for notice in unsure if not notice.params)  # their words were taken away since
    for line in (quiet.lines - lines - excused).elements():
        chat = line.partition("| ")[0]
        if not erased[chat]:
            yield f"shown: never: {line}"
        erased[chat] -= 1


def _words(storage: Storage, engine: Engine, notice: Notice) -> list[str]:
    renderer: Renderer = engine.renderer
    context = Context(storage.uow, MORNING, engine.org, engine.services)
    message = renderer.render([notice], context.name_of, WIRE, context.zone_of(notice.chat))
    return [f"{notice.chat}| {line}" for line in message.text.split("\n")]


def _sound(storage: Storage) -> Iterator[str]:
    """The file, its references and the chain of the audit."""
    for (fault,) in storage.connection.execute("PRAGMA integrity_check").fetchall():
        if fault != "ok":
            yield f"file: {fault}"
    yield from (f"file: row without parent: {row}" for row in storage.connection.execute("PRAGMA foreign_key_check"))
    yield from (f"audit: {fault}" for fault in storage.uow.audit.verify())
    yield from (f"reserve: {row}" for row in storage.uow.reserve.all())


ONCE = {
    "number given twice": "SELECT root, year, number FROM ticket WHERE number IS NOT NULL GROUP BY 1, 2, 3 HAVING count(*) > 1",
    "two votes of one person": "SELECT ticket_id, round, account FROM vote GROUP BY 1, 2, 3 HAVING count(*) > 1",
    "two receipts": "SELECT ticket_id, count(*) FROM outbox WHERE kind = 'receipt' GROUP BY 1 HAVING count(*) > 1",
    "secret in a group": (
        "SELECT o.id, o.key FROM outbox o JOIN ticket t ON t.id = o.ticket_id WHERE t.confidential = 1 AND o.chat NOT LIKE '%:dm:%'"
    ),
    "timer of an ended ticket": (
        "SELECT k.ticket_id, k.kind FROM timer k JOIN ticket t ON t.id = k.ticket_id WHERE t.state IN ('closed', 'withdrawn')"
    ),
}


def _once(storage: Storage) -> Iterator[str]:
    """What the database may never hold, whatever the story."""
    for fault, sql in ONCE.items():
        yield from (f"{fault}: {row}" for row in storage.connection.execute(sql).fetchall())


def _ended(storage: Storage, ledger: Ledger) -> Iterator[str]:
    """Every message to people ended; where the platform knows keys, none in doubt and none given up that it never refused."""
    for notice in _notices(storage):
        if notice.state not in ENDS:
            yield f"outbox: still {notice.state}: {notice}"
        elif ledger.keyed and notice.state == "uncertain":
            yield f"outbox: in doubt on a platform with keys: {notice}"
        elif notice.state == "dead" and notice.id not in ledger.refused and not _is_merged(ledger, notice):
            yield f"outbox: given up without a refusal: {notice}"
    if ledger.keyed:
        return
    yield from (f"shown: key sent {times} times: {key}" for key, times in ledger.keys.items() if times > 1)


def _is_merged(ledger: Ledger, notice: Notice) -> bool:
    """Whether it may have gone along with another one of its chat that was refused."""
    return bool(ledger.refused) and not is_private(notice.chat)
