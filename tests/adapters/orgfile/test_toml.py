from pathlib import Path

import pytest

from adapters.orgfile import OrgFileError, read_org
from bot.domain.hours import DEFAULT_HOURS, OfficeHours

GOOD = """
timezone = "Asia/Urumqi"

[[unit]]
id = "yongan"
name = "永安街道"
level = "street"

[[unit]]
id = "phoenix"
name = "凤凰社区"
level = "community"
parent = "yongan"
households = 1200
aliases = ["凤凰", "凤凰里"]
hours = "Mon-Fri 08:30-12:00,14:30-17:30"
timezone = "Asia/Shanghai"

[[person]]
id = "zhou"
name = "周敏"
phone = "13800000001"
accounts = { web = "zhou", matrix = "@zhou:example.org" }

[[duty]]
person = "zhou"
unit = "phoenix"
role = "steward"
categories = ["drainage"]
available = "Mon-Fri 08:30-17:30"

[[group]]
channel = "web"
chat = "phoenix"
unit = "phoenix"

[[group]]
channel = "web"
chat = "phoenix-work"
unit = "phoenix"
kind = "work"
listen = "all"

[[article]]
id = "permit"
title = "居住证办理"
unit = "yongan"
keywords = ["居住证"]
body = \"\"\"带身份证。
到3号窗口。\"\"\"
"""


def write(folder: Path, text: str | bytes, name: str = "ORG.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(OrgFileError) as error:
        read_org(path)
    assert str(error.value) == "\n".join(map(str, error.value.problems))
    return [str(problem) for problem in error.value.problems]


def test_the_contract_is_read(tmp_path: Path) -> None:
    org = read_org(write(tmp_path, GOOD))
    street, community = org.units.values()
    assert (street.parent, street.timezone, street.hours) == (None, "Asia/Urumqi", DEFAULT_HOURS)
    assert (community.parent, community.timezone, community.households) == ("yongan", "Asia/Shanghai", 1200)
    assert community.aliases == ("凤凰", "凤凰里")
    assert community.hours == OfficeHours.parse("Mon-Fri 08:30-12:00,14:30-17:30")
    assert org.people["zhou"].account_keys() == ("web:zhou", "matrix:@zhou:example.org")
    (duty,) = org.duties
    assert (duty.person, duty.unit, duty.role, duty.categories) == (
        "zhou",
        "phoenix",
        "steward",
        frozenset({"drainage"}),
    )
    assert duty.available == DEFAULT_HOURS
    residents, work = org.groups.values()
    assert (residents.key, residents.kind, residents.listen) == ("web:phoenix", "residents", "addressed")
    assert (work.kind, work.listen) == ("work", "all")
    assert org.articles[0].body == "带身份证。\n到3号窗口。"


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert read_org(write(tmp_path, b"\xef\xbb\xbf" + GOOD.encode())).units


def test_several_roots_are_allowed(tmp_path: Path) -> None:
    more = '\n[[unit]]\nid = "other"\nname = "别处"\nlevel = "district"\n'
    assert read_org(write(tmp_path, GOOD + more)).root("other") == "other"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('level = "street"', 'level = "planet"', "[[unit]]｜第 4 行｜level：不认识“planet”"),
        ('level = "street"', "", "[[unit]]｜第 4 行｜level：没有填写"),
        ('level = "street"', 'level = "grid"', "[[unit]]｜第 9 行｜parent：上级“永安街道”的层级不比“凤凰社区”高"),
        ('level = "street"', 'level = "street"\nparent = "phoenix"', "parent：“凤凰社区”的上级绕了一圈又回到自己"),
        ('parent = "yongan"', 'parent = "nowhere"', "[[unit]]｜第 9 行｜parent：没有“nowhere”这个单位"),
        ('parent = "yongan"', 'parent = "永安街道"', "parent：没有“永安街道”这个单位"),
        ('parent = "yongan"', 'parent = "phoenix"', "parent：“凤凰社区”的上级绕了一圈又回到自己"),
        ('id = "phoenix"', 'id = "yongan"', "[[unit]]｜第 9 行｜id：编号“yongan”与第 4 行重复"),
        ('id = "phoenix"', 'id = "凤凰 社区"', "只能用文字"),
        ("households = 1200", "households = true", "households：应是整数"),
        ("households = 1200", "households = -1", "households：应在 0 到"),
        ("households = 1200", 'households = "1200"', "households：应是整数"),
        ('aliases = ["凤凰", "凤凰里"]', 'aliases = "凤凰"', "aliases：应是文字列表"),
        ('aliases = ["凤凰", "凤凰里"]', f'aliases = ["{"凤" * 33}"]', "aliases：太长：33 个字，最多 32 个"),
        ('name = "凤凰社区"', "name = 3", "name：应是带引号的文字"),
        ('name = "凤凰社区"', 'name = ""', "name：没有填写"),
        ('name = "凤凰社区"', 'name = "凤凰\\u0007"', "name：含有看不见的控制字符"),
        ('name = "凤凰社区"', 'name = "凤\\u202E凰"', "name：含有看不见的控制字符"),
        ('name = "凤凰社区"', 'name = "凤凰社区"\ncolour = "red"', "[[unit]]｜第 9 行｜colour：不认识这一项"),
        ("14:30-17:30", "14:30-27:30", "hours：看不懂"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia/Nowhere"', "第 9 行｜timezone：没有“Asia/Nowhere”这个时区"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia"', "timezone：没有“Asia”这个时区"),
        ('timezone = "Asia/Urumqi"', 'timezone = "../../x"', "ORG.toml｜timezone：没有“../../x”这个时区"),
        ('timezone = "Asia/Urumqi"', "timezone = 8", "ORG.toml｜timezone：应是带引号的文字"),
        ('timezone = "Asia/Urumqi"', "[colour]", "ORG.toml：不认识“colour”"),
        ('phone = "13800000001"', 'phone = "周敏的电话"', "phone：“周敏的电话”不像电话号码"),
        ('phone = "13800000001"', "phone = 13800000001", "phone：应是带引号的文字"),
        ('phone = "13800000001"', 'unit = "phoenix"', "[[person]]｜第 19 行｜unit：不认识这一项"),
        ('{ web = "zhou"', "{ web = 1", "accounts：应是账号表"),
        ('{ web = "zhou"', '{ Web = "zhou"', "accounts：平台“Web”应是小写字母"),
        ('{ web = "zhou"', '{ web = ""', "accounts：平台和账号都要填"),
        ('person = "zhou"', 'person = "wu"', "[[duty]]｜第 25 行｜person：没有“wu”这个人员"),
        ('role = "steward"', 'role = "boss"', "role：不认识“boss”；可用 owner、steward、handler、supervisor"),
        ('["drainage"]', '["drainage", "ufo"]', "categories：不认识“ufo”"),
        ('available = "Mon-Fri', 'available = "08:30', "available：看不懂"),
        ('chat = "phoenix-work"', 'chat = "phoenix"', "[[group]]｜第 37 行｜chat：群“web:phoenix”与第 32 行重复"),
        ('kind = "work"', 'kind = "secret"', "kind：不认识“secret”；可用 residents、work"),
        ('listen = "all"', 'listen = "some"', "listen：不认识“some”；可用 all、addressed、shadow"),
        ('keywords = ["居住证"]', "keywords = []", "[[article]]｜第 44 行｜keywords：没有填写"),
        ("[[article]]", "[article]", "[[article]]：应写成 [[article]]"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in GOOD
    told = faults(write(tmp_path, GOOD.replace(old, new)))
    assert any(fault in problem for problem in told), told
    assert all(problem.startswith("ORG.toml") for problem in told)


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = GOOD.replace('"steward"', '"y"').replace('"street"', '"x"').replace('"work"', '"z"') + "more = 1\n"
    told = faults(write(tmp_path, text))
    assert [problem.split("｜")[1] for problem in told] == ["[[unit]]", "[[duty]]", "[[group]]", "[[article]]"]


def test_two_people_cannot_share_an_account(tmp_path: Path) -> None:
    text = GOOD + '\n[[person]]\nid = "xu"\nname = "徐强"\naccounts = { web = "zhou" }\n'
    assert "账号“web:zhou”已属于周敏（第 19 行）" in faults(write(tmp_path, text))[0]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"[[unit]]\nid = \xb0\xa1\n", "ORG.toml｜第 2 行：不是 UTF-8 编码"),
        (b'[[unit]]\nid = "a"\nname = \n', "ORG.toml｜第 3 行：TOML 写法有误"),
        (b'[[unit]]\nid = "a', "ORG.toml｜第 2 行：TOML 写法有误"),
        (b"x = " + b"[" * 100_000, "ORG.toml：括号嵌套太深"),
        (b"", "ORG.toml｜[[unit]]：至少要有一行"),
    ],
)
def test_what_is_no_toml(tmp_path: Path, content: bytes, fault: str) -> None:
    (told,) = faults(write(tmp_path, content))
    assert told.startswith(fault)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert faults(tmp_path / "none.toml")[0].startswith("none.toml：打不开")
    assert faults(write(tmp_path, GOOD, "org.csv")) == ["org.csv：只认 .toml 文件"]
    assert "文件太大" in faults(write(tmp_path, b"#" * (21 * 2**20)))[0]


def test_a_header_inside_a_text_does_not_shift_the_lines_of_others(tmp_path: Path) -> None:
    text = GOOD.replace("到3号窗口。", "[[unit]]\n[[duty]]").replace('"steward"', '"boss"')
    assert "[[duty]]" in faults(write(tmp_path, text))[0]
