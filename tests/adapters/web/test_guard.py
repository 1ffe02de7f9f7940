"""What holds for every route: headers, origins, methods, garbage and hostile text."""

import io
import re
from pathlib import Path

import pytest
from aiohttp import web
from yarl import URL

from adapters.web import bind_url, build_web, invite_url
from tests.adapters.web.house import LAMP, Guest, House, origin_of
from tests.adapters.web.test_wire import GARBAGE

HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}${7*7}<%= 7*7 %>{% raw %}",
    "{0.__class__}{number}%s%(x)s",
    "'; DROP TABLE ticket; --",
    "\u202e反转\u2066文字",
    "零\x00字节\x1b[31m",
    "@所有人 @all <at user_id=\"all\">",
    "=cmd|' /C calc'!A0",
    "系统通知：全部办结",
    "\ufeff\u200b\u200d",
    "🏳️‍🌈" * 200,
    "长" * 2000,
]  # fmt: skip
SEEN = re.compile(r"<script(?! type=\"module\" src=)|onerror=(?!alert\(1\)&gt;)|<img src=x", re.IGNORECASE)


def paths_of(app: web.Application) -> list[tuple[str, str]]:
    """Every route with made-up values."""
    found = []
    for route in app.router.routes():
        resource = route.resource
        assert resource is not None
        path = re.sub(r"\{[^}]+\}", "x", resource.canonical)
        found.append((route.method, path))
    return found


async def test_every_route_has_the_headers(house: House) -> None:
    steward = await house.staff("wang")
    extra = ["/room/court", "/dm", "/static/style.css", "/nothing/at/all", "/invite/court/qr.svg"]
    routes = [*paths_of(build_web(house.deps)), *(("GET", path) for path in extra)]
    for method, path in routes:
        for origin in (origin_of(steward.browser), "https://evil.example"):
            answer = await steward.browser.request(method, path, headers={"Origin": origin}, allow_redirects=False)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert "Server" not in answer.headers
            assert answer.status < 500


async def test_https_is_remembered_where_it_is_set(house: House) -> None:
    assert "Strict-Transport-Security" not in (await (await house.new_browser()).get("/healthz")).headers


async def test_posts_of_other_sites_are_refused(house: House) -> None:
    resident = await house.resident()
    posts = [path for method, path in paths_of(build_web(house.deps)) if method == "POST"]
    assert len(posts) >= 6
    for path in [*posts, "/room/court", f"/r/{house.invite()}", f"/bind/{house.code_for('wang')}"]:
        for headers in ({}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": "garbage"}):
            assert (await resident.browser.post(path, headers=headers)).status == 403
    assert house.ask(lambda uow: uow.org.load().people["wang"].accounts) == ()


async def test_other_methods_are_not_there(house: House) -> None:
    resident = await house.resident()
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        headers = {"Origin": origin_of(resident.browser)}
        assert (await resident.browser.request(method, "/room/court", headers=headers)).status == 405


async def test_garbage_bodies_are_bad_requests(house: House) -> None:
    resident = await house.resident()
    headers = {"Origin": origin_of(resident.browser), "Content-Type": "application/json"}

    for body in GARBAGE:
        answer = await resident.browser.post("/room/court", data=body, headers=headers)
        assert answer.status in {400, 413}, body[:50]
        assert "error" in await answer.json()


async def test_garbage_forms_are_bad_requests(house: House) -> None:
    resident = await house.resident()
    origin = {"Origin": origin_of(resident.browser)}
    for kind, body in (
        ("application/x-www-form-urlencoded", b"name=%ff%fe"),
        ("application/x-www-form-urlencoded", b"name=a&name=b"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(100))),
        ("application/x-www-form-urlencoded", b"name=" + b"a" * 100_000),
        ("application/x-www-form-urlencoded; charset=klingon", b"name=%00"),
        ("multipart/form-data; boundary=x", b"--x"),
        ("text/plain", b"name=a"),
        ("nonsense", b"\x00"),
    ):
        for path in (f"/r/{house.invite('other')}", "/t/x"):
            answer = await resident.browser.post(path, data=body, headers={**origin, "Content-Type": kind})
            assert 400 <= answer.status < 500


ODD = [
    "/room/%00", "/room/%ff", "/t/%F0%9F%98%80", "/media/%2e%2e%2f", "/static/..%2f..%2fserver.py", "/r/" + "a" * 4000,
    "/bind/%27%20OR%201=1", "/ws?room=%00&after=-1", "/tickets?unit=%ff&due=%00", "/t/x?a[]=1&%00", "/room/dm/x",
]  # fmt: skip


async def test_odd_addresses_are_not_found(house: House) -> None:
    steward = await house.staff("wang")
    for path in ODD:
        answer = await steward.browser.get(URL(path, encoded=True), headers={"Origin": origin_of(steward.browser)})
        assert answer.status < 500, path
        assert "Traceback" not in await answer.text()


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_stay_words(house: House, text: str) -> None:
    steward = await house.staff("wang")
    resident = await house.resident("3-2-501")
    seq = None
    for said in (text, f"{LAMP}{text}"[:2000]):
        body = {"type": "say", "id": resident.next_id(), "text": said}
        status, answer = await resident.command(body)
        assert status in {200, 400}
        seq = answer.get("seq", seq)
    await house.talk()
    for action, note in (("progress", text), ("return", text), ("transfer", f"@{text}"), ("done", text)):
        for ticket in house.tickets():
            await steward.press(ticket, action, note[:400], room="dm")

    for guest in (steward, resident):
        for path in ["/", "/room/court", "/dm", "/tickets", *(f"/t/{ticket.public_id}" for ticket in house.tickets())]:
            status, html = await guest.get(path)
            assert status in {200, 404}
            assert not SEEN.search(html)
            assert "49" not in re.sub(r"\d{3,}|[0-9a-f]{8,}", "", html) or "7*7" not in text
    assert house.ask(lambda uow: uow.audit.verify()) == []
    assert house.ask(lambda uow: uow.reserve.all()) == []
    assert all(line["kind"] != "bot" or "@所有人" not in line["text"] for line in await resident.lines())


@pytest.mark.parametrize("name", ["<b>x</b>", "{{7*7}}", "'--", "@所有人", "\u202e官方", "=1+1", "%s{0}"])
async def test_hostile_names_stay_names(house: House, name: str) -> None:
    await house.staff("wang")
    resident = await house.resident(name)
    await resident.say(LAMP)

    assert house.ask(lambda uow: uow.reserve.all()) == []
    for path in ("/", "/room/court"):
        status, html = await resident.get(path)
        assert status == 200
        assert "<b>x" not in html
    [joined] = [line for line in await resident.lines() if line["kind"] == "joined" and line["own"]]
    assert "\u202e" not in joined["name"]


async def test_ten_megabytes_are_refused_early(house: House) -> None:
    resident = await house.resident()
    headers = {"Origin": origin_of(resident.browser), "Content-Type": "application/json"}

    answer = await resident.browser.post("/room/court", data=io.BytesIO(b"x" * 10_000_000), headers=headers)

    assert answer.status == 413


async def test_what_breaks_tells_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    resident = await house.resident()

    async def broken(*_: object) -> None:
        raise RuntimeError("secret path /etc/x")

    monkeypatch.setattr(house.bot, "receive", broken)
    headers = {"Origin": origin_of(resident.browser)}
    answer = await resident.browser.post(
        "/room/court", json={"type": "say", "id": "break-it-1", "text": "x"}, headers=headers
    )

    assert answer.status == 500
    assert (await answer.json()) == {"error": "出错了，请稍后再试。"}


async def test_a_refusal_is_what_its_page_is_called(house: House) -> None:
    _, html = await (await house.staff("li")).get("/nothing/at/all")

    assert "<title>这里什么也没有，或者您看不到。</title>" in html
    assert "<h1>网格管家</h1>" in html


def test_no_inline_script_or_style_in_templates() -> None:
    folder = Path(build_web.__code__.co_filename).parent
    for file in (folder / "templates").rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(
            r"<style|style=|\son[a-z]+=|<script(?! (?:type=\"module\"|defer) src=\"\{\{ static\()", text
        ), file.name
        assert "|safe" not in text
        assert not re.search(r">[^<{]*[一-鿿]", text), f"{file.name}: words belong into the catalog"
    for file in (folder / "static").glob("*.js"):
        assert "innerHTML" not in file.read_text(encoding="utf-8")


def test_links() -> None:
    assert invite_url("https://a.example/", "a b") == "https://a.example/r/a%20b"
    assert bind_url("https://a.example", "code") == "https://a.example/bind/code"


async def test_health(house: House) -> None:
    guest = Guest(house, await house.new_browser(), "court")

    assert (await guest.get("/healthz")) == (200, '{"ok": true}')
