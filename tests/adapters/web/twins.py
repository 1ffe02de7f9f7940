"""Two communities of one district that are alike and have nothing to do with each other; and what a page lets its reader do."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from zipfile import ZipFile

from PIL import Image

from bot.domain.hook import Hook
from bot.domain.org import Article, Duty, Group, Organization, Person, Unit
from bot.ports import UnitOfWork
from tests.adapters.web.house import Guest, House, origin_of

OWN, OTHER = "near", "far"
STAFF = ("steward", "owner", "supervisor")
NAMES = {
    OWN: {"unit": "学苑小区", "steward": "王建国", "owner": "李书记", "supervisor": "赵街道"},
    OTHER: {"unit": "东风小区", "steward": "孙东风", "owner": "周主任", "supervisor": "吴街道"},
}
TROUBLES = {OWN: "3号楼楼道灯坏了三天了，老人摔了一跤", OTHER: "6号楼下水道堵了，污水往外冒，请尽快处理，打13912345678"}
REPORTS = {OWN: "我要举报，有人倒卖公共车位", OTHER: "我要举报，有人把公共车库租给外人收黑钱"}
DOUBT = "垃圾味飘上来了"
READERS = {OWN: "3-2-501", OTHER: "6-6-606"}
Pairs = Sequence[tuple[str, str]]


def twin_org(one_roof: bool) -> Organization:
    """A district; on each side a street with a supervisor, a community with an owner, a steward, a group, an article.

    Under one roof both communities lie in the first street, and the second supervisor has the second community alone.
    """
    sides, street = (OWN, OTHER), {OWN: OWN, OTHER: OWN if one_roof else OTHER}
    units = [Unit("district", "望江区", "district")]
    units += [Unit(f"street-{s}", f"{s}街道", "street", "district") for s in sides]
    units += [Unit(f"unit-{s}", NAMES[s]["unit"], "community", f"street-{street[s]}") for s in sides]
    people = [Person(f"{role}-{s}", NAMES[s][role]) for s in sides for role in STAFF]
    duties = tuple(
        Duty(f"{role}-{s}", f"{'street' if role == 'supervisor' and street[s] == s else 'unit'}-{s}", role)
        for s in sides
        for role in STAFF
    )
    groups = [Group("web", f"chat-{s}", f"unit-{s}", listen="all", title=f"{NAMES[s]['unit']}居民群") for s in sides]
    articles = tuple(Article(f"article-{s}", f"{s}停车证", f"unit-{s}", ("停车证",), f"{s}二楼办") for s in sides)
    return Organization(
        {unit.id: unit for unit in units},
        {person.id: person for person in people},
        duties,
        {group.key: group for group in groups},
        articles,
    )


@dataclass(slots=True)
class Side:
    """One of the two, lived in: who is at a browser there, and everything there that has an id."""

    name: str
    guests: dict[str, Guest] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)  # and of which kind it is


async def settle(house: House, one_roof: bool = False) -> tuple[Side, Side]:
    """Both sides, each with an open ticket and its photo, one in doubt, one told in confidence, one message that may be
    lost, one webhook.
    """
    house.ask(lambda uow: uow.org.replace(twin_org(one_roof)))
    await house.bot.reload()
    return await _side(house, OWN), await _side(house, OTHER)


async def _side(house: House, name: str) -> Side:
    side, room = Side(name), f"chat-{name}"
    side.guests = {role: await house.staff(f"{role}-{name}", room) for role in STAFF}
    side.guests["resident"] = resident = await house.resident(READERS[name], room)
    photo = await _upload(resident, room)
    await resident.say(TROUBLES[name], photos=[photo])
    await resident.say(REPORTS[name], room="dm")
    neighbour = await house.resident(f"{READERS[name]}9", room)
    await neighbour.say(DOUBT)
    house.clock.pass_by(minutes=5)
    await house.talk()
    hook = Hook(
        f"hook-{name}",
        f"unit-{name}",
        f"https://{name}.example/in",
        "whsec_c2VjcmV0",
        f"owner-{name}",
        house.clock.now(),
    )
    house.ask(lambda uow: uow.hooks.put(hook))
    side.ids = house.ask(lambda uow: _ids(uow, name))
    return side


async def _upload(guest: Guest, room: str) -> str:
    written = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(written, "JPEG")
    headers = {"Origin": origin_of(guest.browser), "Accept": "application/json"}
    answer = await guest.browser.post(f"/upload?room={room}", data=written.getvalue(), headers=headers)
    return str((await answer.json())["token"])


def _ids(uow: UnitOfWork, name: str) -> dict[str, str]:
    """Everything of a side by which a page may call it. The newest message of each ticket is made one that may be lost."""
    found = {f"unit-{name}": "unit", f"street-{name}": "unit", f"article-{name}": "article"}
    found |= {f"chat-{name}": "chat", f"web:chat-{name}": "chat"}
    found |= {f"{role}-{name}": "person" for role in STAFF} | {f"hook-{name}": "hook"}
    tickets = [ticket for ticket in uow.tickets.all() if ticket.unit == f"unit-{name}"]
    states = sorted((ticket.state, ticket.nature) for ticket in tickets)
    assert {state for state, _ in states} == {"candidate", "dispatched"}, states
    assert any(ticket.confidential for ticket in tickets)
    for ticket in tickets:
        found |= {ticket.id: "ticket", ticket.public_id: "ticket", ticket.reporter: "account"}
        found |= {media.ref: "photo" for word in uow.words.of(ticket.id) for media in word.media if media.ref}
        notice = uow.outbox.newest_about(ticket.id, ticket.chat)
        if notice is not None:
            uow.outbox.update(replace(notice, state="uncertain"))
            found[notice.id] = "notice"
    return found


def missing(id_: str) -> str:
    """An id of the same shape that nothing has."""
    return re.sub("[0-9a-f]{8}", "0badcafe", id_, count=1) if re.search("[0-9a-f]{8}", id_) else f"{id_}-gone"


# ---------------------------------------------------------------- what a page lets its reader do


@dataclass(frozen=True, slots=True)
class Deed:
    """One request that a page offers: a link, a form as it stands there, or what a script fetches."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    def values(self) -> Iterator[str]:
        """Every place in which an id may stand."""
        yield from self.path.split("/")
        for _, value in (*self.query, *self.form):
            yield value

    def changed(self, to: Mapping[str, str]) -> "Deed":
        """The same with other ids."""

        def swap(pairs: Pairs) -> tuple[tuple[str, str], ...]:
            return tuple((name, to.get(value, value)) for name, value in pairs)

        path = "/".join(to.get(part, part) for part in self.path.split("/"))
        return Deed(self.method, path, swap(self.query), swap(self.form))


def deed(method: str, url: str, form: Pairs = ()) -> Deed:
    """A request from an address; its ids are compared decoded."""
    parts = urlsplit(url)
    return Deed(method, parts.path.replace("%3A", ":"), tuple(parse_qsl(parts.query, True)), tuple(form))


class Page(HTMLParser):
    """The deeds of a page."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__()
        self._url, self._fields = url, list[tuple[str, str]]()
        self._method = self._action = self._choice = ""
        self.deeds: list[Deed] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Links, forms, and what htmx is told to fetch."""
        at = {name: value or "" for name, value in attrs}
        for name in ("href", "src", "hx-get", "sse-connect"):
            if at.get(name):
                self._add("GET", at[name])
        if at.get("hx-post"):
            self._add("POST", at["hx-post"])
        if tag == "form":
            self._method, self._action = at.get("method", "get").upper(), at.get("action", "")
            self._fields = []
        elif tag == "select":
            self._choice = at.get("name", "")
        elif tag == "option" and self._choice:
            self._fields.append((self._choice, at.get("value", "")))
            self._choice = ""
        elif tag in {"input", "textarea", "button"} and at.get("name"):
            self._fields.append((at["name"], at.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        """A form that is complete."""
        if tag == "form":
            fields = list(dict(self._fields).items())
            self._add(self._method, self._action, fields)

    def _add(self, method: str, url: str, fields: Pairs = ()) -> None:
        whole = urljoin(self._url, url or self._url)
        if urlsplit(whole).netloc or not whole.startswith("/"):
            return
        if method == "GET" and fields:
            whole, fields = f"{urlsplit(whole).path}?{urlencode(fields)}", ()
        self.deeds.append(deed(method, whole, fields))


async def crawl(guest: Guest, begin: Iterable[str], house: House, most: int = 150) -> list[Deed]:
    """All that the pages which somebody can reach let him do; nothing is posted."""
    found: dict[Deed, None] = {}
    waiting = [deed("GET", url) for url in begin]
    while waiting and most:
        one = waiting.pop(0)
        if one in found:
            continue
        found[one] = None
        if one.method != "GET" or one.path.startswith("/static/"):
            continue
        most -= 1
        house.clock.pass_by(seconds=1)
        _, kind, text = await perform(guest, one)
        waiting += Page(one.url, text).deeds if kind == "text/html" else []
    return list(found)


async def perform(guest: Guest, one: Deed, json: object = None) -> tuple[int, str, str]:
    """Status, content type and words of the answer; of a stream that would never end only its type."""
    headers = {"Origin": origin_of(guest.browser)}
    data = dict(one.form) if one.method != "GET" and json is None else None
    async with guest.browser.request(
        one.method, one.url, data=data, json=json, headers=headers, allow_redirects=False
    ) as answer:
        if answer.content_type == "text/event-stream":
            return answer.status, answer.content_type, ""
        body = told_by(await answer.read())
        return answer.status, answer.content_type, re.sub(r"\b[0-9a-f]{32}\b", "once", body)


def told_by(body: bytes) -> str:
    """The words of an answer: of a table or text to take away those of its parts, of a PDF none."""
    if body.startswith(b"%PDF"):
        return ""  # packed, and with the time of its making
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with ZipFile(io.BytesIO(body)) as parts:
        names = [name for name in sorted(parts.namelist()) if name != "docProps/core.xml"]  # when it was made
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in names)
