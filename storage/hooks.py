"""Who wants to be told of what. The secrets stand as they are, like all that the bot signs with: who has the file has them."""

from bot.domain.hook import Hook
from storage.mapping import Row, dump, from_ms, maybe_from_ms, maybe_ms, names, to_ms
from storage.repository import Pen, Repository
from storage.statements import columns, select_sql, upsert_sql
from storage.tables_hooks import HookRow


class Hooks(Repository):
    """``ports.Hooks``."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._put = upsert_sql(HookRow, ("id",))
        self._get = select_sql(HookRow, columns(HookRow), ("id",))
        self._every = select_sql(HookRow, columns(HookRow), (), "id")

    def put(self, hook: Hook) -> None:
        """Store a subscription, or how it stands now."""
        h = hook
        self._run(
            self._put, h.id, h.unit, h.url, h.secret, h.by, to_ms(h.at), dump(h.kinds), h.state, h.failures, h.last,
            maybe_ms(h.last_at), h.old_secret, maybe_ms(h.old_until),
        )  # fmt: skip

    def get(self, id_: str) -> Hook | None:
        """The subscription with this id."""
        row = self._one(self._get, id_)
        return None if row is None else _hook(row)

    def all(self) -> list[Hook]:
        """All subscriptions, oldest first."""
        return [_hook(row) for row in self._all(self._every)]

    def remove(self, id_: str) -> None:
        """Forget one, its secrets too."""
        self._run("DELETE FROM hook WHERE id = ?", id_)


def _hook(row: Row) -> Hook:
    id_, unit, url, secret, by, at, kinds, state, failures, last, last_at, old_secret, old_until = row
    told = (tuple(names(kinds)), state, failures, last, maybe_from_ms(last_at), old_secret, maybe_from_ms(old_until))
    return Hook(id_, unit, url, secret, by, from_ms(at), *told)
