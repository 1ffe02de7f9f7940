"""What was chosen on the dashboard: manners of groups, articles written here, and who changed what when."""

from bot.domain.org import Article
from bot.ports import Change
from storage.mapping import dump, from_ms, names, to_ms
from storage.repository import Pen, Repository
from storage.statements import upsert_sql
from storage.tables_choices import OrgArticleEditRow, OrgMannerRow

REMOVED = "SELECT id, unit, title, keywords, body FROM org_article_edit WHERE removed = 1 AND unit = ? ORDER BY rowid"
RECORD = 'INSERT INTO org_change (at, "by", unit, subject, what, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)'
CHANGES = (
    'SELECT at, "by", unit, subject, what, before, after FROM org_change '
    "WHERE unit = ? AND subject = ? ORDER BY seq DESC LIMIT ?"
)


class Choices(Repository):
    """Read as part of the organization by ``storage.org``; changes are only ever added."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._manner = upsert_sql(OrgMannerRow, ("chat", "name"))
        self._edit = upsert_sql(OrgArticleEditRow, ("id", "unit"))

    def set_manner(self, chat: str, name: str, value: str) -> None:
        """Choose for a group; "" is as everywhere again."""
        if value:
            self._run(self._manner, chat, name, value)
        else:
            self._run("DELETE FROM org_manner WHERE chat = ? AND name = ?", chat, name)

    def put_article(self, article: Article) -> None:
        """Store an article that was written or changed here."""
        self._put(article, removed=False)

    def remove_article(self, article: Article) -> None:
        """An article does not hold any more; its words are kept."""
        self._put(article, removed=True)

    def _put(self, article: Article, *, removed: bool) -> None:
        keywords = dump(article.keywords)
        self._run(self._edit, article.id, article.unit, article.title, keywords, article.body, removed)

    def removed_articles(self, unit: str) -> list[Article]:
        """The articles of exactly this unit that were removed here."""
        return [
            Article(id_, title, where, tuple(names(keywords)), body)
            for id_, where, title, keywords, body in self._all(REMOVED, unit)
        ]

    def note(self, change: Change) -> None:
        """Note a change."""
        self._run(
            RECORD, to_ms(change.at), change.by, change.unit, change.subject, change.what, change.before, change.after
        )

    def changes(self, unit: str, subject: str, limit: int) -> list[Change]:
        """The changes of a subject of a unit, newest first."""
        return [Change(from_ms(at), *rest) for at, *rest in self._all(CHANGES, unit, subject, limit)]
