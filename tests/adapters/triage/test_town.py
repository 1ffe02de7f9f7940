"""The organization that a table is heard in."""

from adapters.triage.stream import Row, message_of
from adapters.triage.town import town_around, town_of
from bot.domain.org import Organization
from bot.messages import is_private
from tests.fakes import town


def row(group: str, user: str) -> Row:
    return Row("1", group, 0, user, "")


def duties(org: Organization, one: Row) -> list[str]:
    """The units in which a row's speaker has a duty."""
    person = org.person_of(message_of(one).account)
    return [duty.unit for duty in org.duties if person and duty.person == person.id]


def unit(org: Organization, one: Row) -> str:
    return org.groups[message_of(one).chat_key].unit


def is_staff(user: str) -> bool:
    return user.startswith("物业")


def test_a_unit_a_group_and_a_duty_where_one_is_heard() -> None:
    rows = [row("A", "物业小王"), row("A", "老钱"), row("B", "物业阿明")]
    org = town_of(rows, is_staff)
    assert [duties(org, one) == [unit(org, one)] for one in rows] == [True, False, True]
    assert {group.listen for group in org.groups.values()} == {"all"}


def test_no_group_is_a_private_chat() -> None:
    assert not is_private(message_of(row("dm:x", "y")).chat_key)


def test_an_org_file_tells_who_has_a_duty() -> None:
    """By account and by name; a word in a nickname gives none there."""
    rows = [row("xueyuan", user) for user in ("zhou", "周敏", "物业小王", "老钱")]
    org = town_around(town(), rows, is_staff)
    assert [duties(org, one) for one in rows] == [["xueyuan"], ["xueyuan"], [], []]
    assert {unit(org, one) for one in rows} == {"xueyuan"}


def test_a_group_that_the_org_file_does_not_name_is_a_unit_of_its_own() -> None:
    stranger = row("dongshan", "物业小王")
    org = town_around(town(), [stranger, row("lvyuan", "wu")], is_staff)
    assert unit(org, stranger) not in town().units
    assert duties(org, stranger) == [unit(org, stranger)]


def test_an_account_goes_before_somebody_elses_name() -> None:
    known = town()
    org = town_around(known, [], is_staff)
    accounts = [account for person in org.people.values() for account in person.account_keys()]
    assert len(accounts) == len(set(accounts)) == 2 * len(known.people)
