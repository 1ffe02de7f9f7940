from tests.adapters.web.house import LAMP, House, plain


async def test_a_neighbour_enters_speaks_and_is_answered(house: House) -> None:
    resident = await house.resident("3-2-501")

    seq = await resident.say(LAMP)

    lines = await resident.lines()
    assert [line["kind"] for line in lines] == ["joined", "say", "bot"]
    assert (lines[1]["seq"], lines[1]["own"], lines[1]["name"]) == (seq, True, "3-2-501")
    assert "1号件" in lines[2]["text"]
    assert lines[2]["badge"] == "机器人"
    [ticket] = house.tickets()
    assert ticket.reporter_name == "3-2-501"


async def test_the_page_of_a_room(house: House) -> None:
    resident = await house.resident()

    status, html = await resident.get("/room/court")

    assert status == 200
    assert '<html lang="zh-CN"' in html
    assert 'role="log"' in html
    assert "学苑小区居民群" in plain(html)
    assert "邀请" not in plain(html)


async def test_the_same_client_id_says_it_once(house: House) -> None:
    resident = await house.resident()
    body = {"type": "say", "id": "one-and-only", "text": LAMP}

    first, second = await resident.command(body), await resident.command({**body, "text": "改过的话"})
    await house.talk()

    assert first == second
    assert first[0] == 200
    assert [line["text"] for line in await resident.lines() if line["kind"] == "say"] == [LAMP]
    assert len(house.tickets()) == 1


async def test_a_neighbours_client_id_takes_nobodys_place(house: House) -> None:
    one, two = await house.resident("3-2-501"), await house.resident("3-2-502")

    for guest in (one, two):
        status, _ = await guest.command({"type": "say", "id": "the-same-id", "text": "早上好"})
        assert status == 200

    assert [line["name"] for line in await one.lines() if line["kind"] == "say"] == ["3-2-501", "3-2-502"]


async def test_only_what_was_missed_comes_after_a_reconnect(house: House) -> None:
    resident = await house.resident()
    first = await resident.say("早上好")
    second = await resident.say("吃了吗")

    assert [line["seq"] for line in await resident.lines(after=first)] == [second]
    assert await resident.lines(after=second) == []


async def test_a_long_absence_is_made_up_in_batches(house: House) -> None:
    resident = await house.resident()
    for number in range(250):
        house.clock.pass_by(seconds=1)
        await resident.command({"type": "say", "id": f"line-{number:04}", "text": str(number)})

    seen: list[str] = []
    async with await resident.socket(after=1) as ws:
        while len(seen) < 250:
            seen += [line["text"] for line in (await ws.receive_json())["lines"]]

    assert seen == [str(number) for number in range(250)]


async def test_a_fresh_page_shows_the_newest_lines(house: House) -> None:
    resident = await house.resident()
    for number in range(210):
        house.clock.pass_by(seconds=1)
        await resident.command({"type": "say", "id": f"line-{number:04}", "text": str(number)})

    lines = await resident.lines()

    assert len(lines) == 200
    assert lines[-1]["text"] == "209"


async def test_quoting_the_bot_leads_back_to_the_ticket(house: House) -> None:
    resident = await house.resident()
    await resident.say(LAMP)
    bot_line = (await resident.lines())[-1]

    await resident.say("四楼的也坏了", reply=bot_line["seq"])

    [ticket] = house.tickets()
    words = house.ask(lambda uow: [word.text for word in uow.words.of(ticket.id)])
    assert words == [LAMP, "四楼的也坏了"]
    quote = (await resident.lines())[-1]["quote"]
    assert quote["name"] == "网格管家"
    assert quote["seq"] == bot_line["seq"]


async def test_quoting_a_neighbour_leads_to_the_ticket_of_his_words(house: House) -> None:
    one, two = await house.resident("3-2-501"), await house.resident("3-2-502")
    seq = await one.say(LAMP)

    await two.say("我家也是", reply=seq)

    [ticket] = house.tickets()
    assert len(ticket.followers) == 1


async def test_a_quote_of_nothing_is_no_quote(house: House) -> None:
    resident = await house.resident()

    await resident.say("早上好", reply=999)

    assert (await resident.lines())[-1]["quote"] is None


async def test_only_staff_can_be_called(house: House) -> None:
    steward, resident = await house.staff("wang"), await house.resident()
    neighbour = await house.resident("3-2-502")
    ids = {name: key for key, name in house.ask(lambda uow: uow.rooms._all("SELECT account, name FROM visitor"))}

    await resident.say("@王建国 在吗", mentions=[ids["王建国"], ids["3-2-502"], "bot", "nobody"])

    asked = "@王建国 在吗"
    assert [line["called"] for line in await steward.lines() if line["text"] == asked] == [True]
    assert [line["called"] for line in await neighbour.lines() if line["text"] == asked] == [False]
    _, html = await resident.get("/room/court")
    assert ids["王建国"] in html
    assert ids["3-2-502"] not in html


async def test_recall_within_two_minutes_withdraws(house: House) -> None:
    resident = await house.resident()
    seq = await resident.say(LAMP)
    assert (await resident.lines())[1]["recall"] == 120

    status, _ = await resident.command({"type": "recall", "id": "recall-it", "seq": seq})
    await house.talk()

    assert status == 200
    line = next(line for line in await resident.lines() if line["seq"] == seq)
    assert line["recalled"]
    assert line["text"] == ""
    assert [ticket.state for ticket in house.tickets()] == ["withdrawn"]
    told = [line for line in await resident.lines(after=seq) if line["kind"] == "recall"]
    assert [line["target"] for line in told] == [seq]


async def test_recall_is_for_own_lines_and_for_a_while(house: House) -> None:
    one, two = await house.resident("3-2-501"), await house.resident("3-2-502")
    seq = await one.say("早上好")
    bot = await one.say(LAMP) + 1

    assert (await two.command({"type": "recall", "id": "not-mine", "seq": seq}))[0] == 404
    assert (await one.command({"type": "recall", "id": "not-mine", "seq": bot}))[0] == 404
    assert (await one.command({"type": "recall", "id": "not-there", "seq": 999}))[0] == 404
    house.clock.pass_by(seconds=121)
    assert (await one.command({"type": "recall", "id": "too-late", "seq": seq}))[0] == 403
    assert not any(line["recalled"] for line in await one.lines())


async def test_too_many_messages_have_to_wait(house: House) -> None:
    resident = await house.resident()

    answers = [
        (await resident.command({"type": "say", "id": f"flood-{number:03}", "text": "哈"}))[0] for number in range(25)
    ]

    assert answers == [200] * 20 + [429] * 5
    house.clock.pass_by(seconds=10)
    await resident.say("好了")


async def test_the_private_chat_is_ones_own(house: House) -> None:
    one, two = await house.resident("3-2-501"), await house.resident("3-2-502")

    await one.say("隐私", room="dm")

    assert [line["kind"] for line in await one.lines("dm")] == ["say", "bot"]
    assert await two.lines("dm") == []
    status, html = await one.get("/dm")
    assert status == 200
    assert "和网格管家私聊" in plain(html)


async def test_a_room_is_for_who_was_invited(house: House) -> None:
    stranger = await house.resident(room="other")

    for path in ("/room/court", "/room/nothing", "/invite/court", "/invite/court/qr.svg"):
        status, _ = await stranger.get(path)
        assert status == 404
    assert (await stranger.command({"type": "say", "id": "let-me-in", "text": "在吗"}, "court"))[0] == 404
    assert (await stranger.post_form("/room/court/enter"))[0] == 404


async def test_a_wrong_invitation_and_no_account(house: House) -> None:
    browser = await house.new_browser()

    assert (await browser.get("/r/not-a-token")).status == 404
    for path in ("/room/court", "/dm", "/tickets", "/t/x", "/media/x", "/invite/court", "/ws?room=court"):
        assert (await browser.get(path)).status == 403
    home = await browser.get("/")
    assert home.status == 200
    assert "邀请链接" in await home.text()


async def test_a_bad_name_is_asked_again(house: House) -> None:
    resident = await house.resident()
    browser = await house.new_browser()
    for name in ("", "网格管家", "长" * 30, "<script>alert(1)</script>"):
        answer = await browser.post(
            f"/r/{house.invite()}", data={"name": name}, headers={"Origin": str(browser.make_url("/").origin())}
        )
        assert answer.status == 400
        assert "<script>alert" not in await answer.text()
    assert len(await resident.lines()) == 1


async def test_who_was_there_keeps_his_account(house: House) -> None:
    resident = await house.resident("3-2-501")
    await resident.say(LAMP)

    status, _ = await resident.post_form(f"/r/{house.invite('other')}", name="3-2-501")

    assert status == 200
    assert house.ask(lambda uow: uow.rooms._one("SELECT count(*) FROM visitor"))[0] == 1
    _, html = await resident.get("/")
    assert "学苑小区居民群" in html
    assert "东风小区居民群" in html
    answer = await resident.browser.get(f"/r/{house.invite()}", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/room/court")


async def test_an_answer_faster_than_the_bots_own_notes_still_finds_its_ticket(house: House) -> None:
    resident = await house.resident()
    await resident.say(LAMP)
    bot_line = (await resident.lines())[-1]
    house.ask(lambda uow: uow.connection.execute("UPDATE outbox SET platform_id = NULL"))

    await resident.say("四楼的也坏了", reply=bot_line["seq"])

    [ticket] = house.tickets()
    assert len(house.ask(lambda uow: uow.words.of(ticket.id))) == 2
