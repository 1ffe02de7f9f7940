"""Accounts, the organization, and messages set aside."""

from datetime import timedelta

from bot.domain.hours import OfficeHours
from bot.domain.org import Article, Duty, Group, Organization, Person, Unit
from storage.people import FEW
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import DAY, NOW

MINUTE = timedelta(minutes=1)


def an_org(*people: Person, listen: str = "all") -> Organization:
    """A small town."""
    people = people or (Person("wang", "王管家", "13800000000", (("web", "wang"),)), Person("li", "李主任"))
    hours = OfficeHours.parse("Mon-Fri 08:30-12:00,14:30-17:30; Sat 09:00-12:00")
    units = (
        Unit("town", "镇", "street"),
        Unit("grid-2", "二网格", "grid", "town", 300, ("2格", "学苑"), hours, "Asia/Urumqi"),
    )
    duties = (
        Duty("wang", "grid-2", "steward", frozenset({"noise", "drainage"}), OfficeHours.parse("每天 全天")),
        Duty("li", "town", "owner"),
        Duty("li", "town", "owner"),
    )
    group = Group("web", "xueyuan", "grid-2", "residents", listen, "学苑群")
    article = Article("a1", "垃圾分类", "town", ("垃圾", "分类"), "每天七点")
    return Organization({u.id: u for u in units}, {p.id: p for p in people}, duties, {group.key: group}, (article,))


def test_the_last_group_of_an_account(uow: SqliteUnitOfWork) -> None:
    assert uow.people.last_chat("web:zhang") is None
    for minute, chat in enumerate(("web:a", "web:b", "web:a", "web:dm:zhang")):
        uow.people.seen("web:zhang", chat, NOW + minute * MINUTE)

    assert uow.people.last_chat("web:zhang") == "web:a"
    uow.people.left("web:zhang", "web:a")
    assert uow.people.last_chat("web:zhang") == "web:b"
    assert not uow.people.is_member("web:zhang", "web:a")
    uow.people.seen("web:zhang", "web:a", NOW + 9 * MINUTE)
    assert uow.people.is_member("web:zhang", "web:a")


def test_a_talker_is_written_once_a_day(uow: SqliteUnitOfWork) -> None:
    before = uow.connection.total_changes
    for hour in range(72):
        uow.people.seen("web:zhang", "web:a", NOW + hour * 60 * MINUTE)

    assert uow.connection.total_changes - before == 3


def test_flags_are_set_changed_and_forgotten(uow: SqliteUnitOfWork) -> None:
    for value in ("1", "2"):
        uow.people.set_flag("web:zhang", "unheard", value)
        assert uow.people.flag("web:zhang", "unheard") == value
    uow.people.set_flag("web:zhang", "unheard", None)

    assert uow.people.flag("web:zhang", "unheard") is None
    assert uow.people.flag("web:li", "unheard") is None


def test_an_organization_comes_back_as_it_was(uow: SqliteUnitOfWork) -> None:
    assert uow.org.load() == Organization()
    uow.org.replace(an_org())
    uow.org.replace(an_org())

    assert uow.org.load() == an_org()
    assert list(uow.org.load().units) == ["town", "grid-2"]


def test_a_code_binds_an_account_once(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    uow.org.issue_code("li", "digest", NOW + DAY)

    assert uow.org.use_code("wrong", "tg:7", NOW) is None
    assert uow.org.use_code("digest", "tg:7", NOW + 2 * DAY) is None, "too late"
    assert uow.org.use_code("digest", "tg:7", NOW + DAY) == "li"
    assert uow.org.use_code("digest", "tg:8", NOW) is None, "used"
    person = uow.org.load().person_of("tg:7")
    assert person is not None
    assert person.accounts == (("tg", "7"),)


def test_an_account_bound_aside_gives_rights_and_is_where_one_is_reached_last(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    for at, (code, account, aside) in enumerate((("1", "tg:7", False), ("2", "web:pc", True), ("3", "tg:7", True))):
        uow.org.issue_code("li", code, NOW + DAY)
        assert uow.org.use_code(code, account, NOW + timedelta(hours=at), aside=aside) == "li"

    person = uow.org.load().person_of("web:pc")

    assert person is not None
    assert person.accounts == (("web", "pc"), ("tg", "7"))
    assert person.account_on("wecom") == "tg:7"
    assert person.account_on("web") == "web:pc"


def test_a_code_beats_the_file_and_a_newer_file_beats_the_code(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    uow.org.issue_code("li", "digest", NOW)
    uow.org.use_code("digest", "web:wang", NOW)
    assert uow.org.load().people["wang"].accounts == ()
    assert uow.org.load().people["li"].accounts == (("web", "wang"),)

    uow.org.replace(an_org())
    assert uow.org.load() == an_org()


def test_accounts_stay_bound_to_persons_who_stay(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org())
    for person in ("li", "wang"):
        uow.org.issue_code(person, person, NOW)
        uow.org.use_code(person, f"tg:{person}", NOW)
    uow.org.issue_code("wang", "unused", NOW)
    uow.org.replace(an_org(Person("li", "李主任")))
    assert uow.org.use_code("unused", "tg:9", NOW) is None, "nobody is there to be bound"

    uow.org.replace(an_org())
    people = uow.org.load().people
    assert people["li"].accounts == (("tg", "li"),)
    assert people["wang"].accounts == (("web", "wang"),), "who comes back must be bound anew"


def test_the_owners_choice_of_listening_outlives_an_import(uow: SqliteUnitOfWork) -> None:
    uow.org.replace(an_org(listen="addressed"))
    uow.org.set_listen("web:xueyuan", "shadow")
    uow.org.replace(an_org(listen="all"))

    group = uow.org.load().group("web:xueyuan")
    assert group is not None
    assert group.listen == "shadow"


def test_strikes_are_counted(uow: SqliteUnitOfWork) -> None:
    assert [uow.reserve.put("k1", NOW, f"reason {n}") for n in range(3)] == [1, 2, 3]
    assert uow.reserve.put("k2", NOW - DAY, "other") == 1
    assert uow.reserve.all() == [("k2", 1, "other"), ("k1", 3, "reason 2")]

    assert [uow.reserve.remove("k1") for _ in range(2)] == [True, False]
    assert uow.reserve.all() == [("k2", 1, "other")]
    assert uow.reserve.put("k1", NOW, "again") == 1


def test_a_message_key_is_taken_once_and_not_readable(uow: SqliteUnitOfWork) -> None:
    assert uow.inbox.claim("web:xueyuan:m1", NOW)
    assert not uow.inbox.claim("web:xueyuan:m1", NOW + DAY)
    assert "xueyuan" not in "\n".join(uow.connection.iterdump())
    assert uow.inbox.purge(NOW) == 0
    assert uow.inbox.purge(NOW + MINUTE) == 1
    assert uow.inbox.claim("web:xueyuan:m1", NOW)


def test_what_a_failed_job_saw_is_forgotten(uow: SqliteUnitOfWork) -> None:
    uow.mark()
    uow.people.seen("web:zhang", "web:a", NOW)
    uow.people.set_flag("web:zhang", "unheard", "1")
    uow.undo()
    uow.people.seen("web:zhang", "web:a", NOW)

    assert uow.people.is_member("web:zhang", "web:a")
    assert uow.people.flag("web:zhang", "unheard") is None


def test_who_was_erased_is_a_new_member(uow: SqliteUnitOfWork) -> None:
    uow.people.seen("web:zhang", "web:a", NOW)
    uow.words.erase_account("web:zhang")
    assert not uow.people.is_member("web:zhang", "web:a")
    uow.people.seen("web:zhang", "web:a", NOW)

    assert uow.people.is_member("web:zhang", "web:a")


def test_a_flag_that_many_have(uow: SqliteUnitOfWork) -> None:
    accounts = [f"web:{number}" for number in range(FEW + 5)]
    assert uow.people.flag("web:1", "unheard") is None
    for account in accounts:
        uow.people.set_flag(account, "unheard", account)

    assert all(uow.people.flag(account, "unheard") == account for account in accounts)
    assert uow.people.flag("web:nobody", "unheard") is None
