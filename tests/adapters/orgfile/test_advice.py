from adapters.orgfile import check_org
from bot.domain.org import Duty, Group, Organization, Unit

UNITS = {
    "street": Unit("street", "街道", "street"),
    "home": Unit("home", "社区", "community", "street"),
    "grid": Unit("grid", "网格", "grid", "home"),
}
GROUP = Group("web", "grid", "grid")


def org(*duties: tuple[str, str], group: Group = GROUP) -> Organization:
    return Organization(UNITS, {}, tuple(Duty("p", unit, role) for unit, role in duties), {group.key: group})


def test_nothing_to_say_about_a_complete_organization() -> None:
    assert check_org(org(("grid", "steward"), ("street", "supervisor"))) == []
    assert check_org(org(("home", "owner"), ("street", "supervisor"))) == []


def test_a_residents_group_that_nobody_answers_for() -> None:
    (warning,) = check_org(org(("grid", "handler"), ("street", "supervisor")))
    assert "居民群“web:grid”" in warning
    assert "网格" in warning
    work = Group("web", "grid", "grid", "work")
    assert check_org(org(("street", "supervisor"), group=work)) == []


def test_units_without_supervision_are_named_once_a_branch() -> None:
    (warning,) = check_org(org(("grid", "steward")))
    assert "“街道”" in warning
    assert [text for text in check_org(org(("grid", "steward"), ("home", "supervisor"))) if "社区" in text] == []
