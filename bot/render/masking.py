"""What a group may not read is masked in every message to a group: what names or reaches a person (product.md §5).

Every rule looks at a shadow of the text, of the same length, in which full-width and circled signs are plain ones; what
it finds is replaced in the text itself. All repetitions are bounded, so that the work grows with the length only. What
ought to stay readable does: dates, times, prices, limits, ticket numbers, public short numbers such as 12345.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

Mask = Callable[[re.Match[str], str], str | None]  # a finding and the words before it → what to show, None = leave it

CONTEXT = 12  # characters before a finding that may say what it is
SHORT_GROUP = 3  # digits; no card or identity number is written with a shorter group at an end
MAX_GROUPS = 5  # a number in more groups of digits is a list, unless every digit stands alone

_PLAIN = (
    {0xFF01 + n: 0x21 + n for n in range(94)}  # full-width ASCII
    | {0x2460 + n: 0x31 + n for n in range(9)}  # circled 1 to 9
    | {0x1D7CE + n: 0x30 + n % 10 for n in range(50)}  # mathematical digits
    | {0x3000: 0x20, 0xA0: 0x20, 0x24EA: 0x30}
)
_SPOKEN = dict(zip(map(ord, "零〇一幺二三四五六七八九壹贰叁肆伍陆柒捌玖"), "001123456789123456789", strict=True))
_SPOKEN_SIGN = re.compile("[零〇一幺二三四五六七八九壹贰叁肆伍陆柒捌玖]")

_DATE = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])")
_COMPACT_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_LINK = re.compile(r"https?://[^\s一-鿿]{1,2000}")
_DOTTED = re.compile(r"[0-9]{3}\.[0-9]{4}\.[0-9]{4}")

# Between the digits of one number: blanks, dashes, dots, brackets, and what emoji digits and copied text carry along.
_GAP = "[ \\t().\\-\u2010-\u2015\u2212_\u00b7\u200b-\u200f\u2060\ufe0f\u20e3\ufeff]{0,3}"
_THIN = "[ \\t\\-\u2010-\u2015\u200b\ufeff]{0,2}"

_IS_IDENTITY = re.compile(r"身份证|身份證|证件号|sfz", re.IGNORECASE)
_IS_ACCOUNT = re.compile(r"卡号|银行卡|账号|账户|帐号|卡號|帳號")
_IS_CASE = re.compile(r"(?:工单|单号|编号|件号|受理号|案件号|工單|編號)[^0-9]{0,4}$")
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS = "10X98765432"
_DOUBLE_SURNAMES = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "端木",
)


def mask(text: str) -> str:
    """The text as a group may read it. What is masked stays as it is when masked again."""
    for rule in _RULES:
        text = rule.apply(text)
    return text


def mask_name(name: str) -> str:
    """A person's name as a group may read it: 张三 → 张**."""
    name = name.strip()
    length = 2 if name[:2] in _DOUBLE_SURNAMES and name[2:] else 1
    return f"{name[:length]}**" if name else ""


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    mask: Mask
    spoken: bool = False  # whether Chinese numerals are digits

    def apply(self, text: str) -> str:
        return "".join(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[str]:
        shadow = text.translate(_PLAIN)
        shadow = shadow.translate(_SPOKEN) if self.spoken else shadow
        done = start = 0
        while found := self.pattern.search(shadow, start):
            shown = None
            if not self.spoken or _SPOKEN_SIGN.search(text, found.start(), found.end()):
                shown = self.mask(found, shadow[max(0, found.start() - CONTEXT) : found.start()])
            start = found.start() + 1  # a finding that is left may hide another one
            if shown is not None:
                begin = found.end("label") if "label" in self.pattern.groupindex else found.start()
                yield text[done:begin] + shown
                done = start = found.end()
        yield text[done:]


def _digits(text: str) -> str:
    return "".join(sign for sign in text if "0" <= sign <= "9")


def _in_link(found: re.Match[str]) -> bool:
    """Whether a finding is a part of a word in a link: links carry random ids and break if masked."""
    text, start, end = found.string, found.start(), found.end()
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum()):
        return False
    link = text.rfind("http", max(0, start - 2000), start)
    matched = _LINK.match(text, link) if link >= 0 else None
    return matched is not None and matched.end() >= end


def _mobile(found: re.Match[str], _: str) -> str | None:
    number = found["number"]
    groups = re.findall("[0-9]+", number)
    listed = len(groups) > MAX_GROUPS and max(map(len, groups)) > 1  # 13 15 17 19 21 2号楼
    decimal = "." in number and not _DOTTED.fullmatch(number)
    if listed or decimal or _DATE.search(found[0]) or _in_link(found):
        return None
    digits = _digits(number)
    return f"{digits[:3]}****{digits[-4:]}"


def _landline(found: re.Match[str], _: str) -> str | None:
    if _DATE.search(found[0]) or _in_link(found):
        return None
    area = _digits(found["area"])
    return f"{area if area.startswith('0') else '0' + area}-****{_digits(found['local'])[-4:]}"


def _local(found: re.Match[str], _: str) -> str | None:
    number = found["local"]
    if _COMPACT_DATE.fullmatch(number) or _DATE.search(number):
        return None
    return f"****{_digits(number)[-4:]}"


def _identity(found: re.Match[str], before: str) -> str | None:
    number = re.sub("[^0-9X]", "", found[0].upper())
    if _is_ragged(found[0]):
        return None
    named = _IS_IDENTITY.search(before)
    if not named and (_IS_CASE.search(before) or not _is_identity(number)):
        return None
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}"


def _is_identity(number: str) -> bool:
    """Whether region, birthday and, with 18 digits, the check sign (GB 11643) are right."""
    long = len(number) == len(_WEIGHTS) + 1
    birthday = number[6:14] if long else f"19{number[6:12]}"
    try:
        born = datetime.strptime(birthday, "%Y%m%d")  # noqa: DTZ007 - a birthday has no zone
    except ValueError:
        return False
    if not _PROVINCE.match(number) or not 1880 <= born.year <= 2099:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return not long or _CHECK_SIGNS[total % 11] == number[-1]


def _card(found: re.Match[str], before: str) -> str | None:
    number = _digits(found[0])
    if _is_ragged(found[0]) or _IS_CASE.search(before) or number[0] not in "34569" or not _luhn(number):
        return None
    return f"****{number[-4:]}"


def _account(found: re.Match[str], before: str) -> str | None:
    return f"****{_digits(found[0])[-4:]}" if _IS_ACCOUNT.search(before) else None


def _is_ragged(number: str) -> bool:
    """Whether a short group at an end belongs to another word: 6222 0212 3456 7890 2号楼."""
    groups = [len(group) for group in re.findall("[0-9X]+", number.upper())]
    in_fours = set(groups[:-1]) == {4}
    return not in_fours and max(groups) > 1 and min(groups[0], groups[-1]) < SHORT_GROUP


def _luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _plate(found: re.Match[str], _: str) -> str:
    return f"{found[1]}{found[2].upper()}***{found[3][-2:].upper()}"


def _email(found: re.Match[str], _: str) -> str:
    return f"{found[1][0]}***＠{found[2]}"


def _labelled(found: re.Match[str], _: str) -> str:
    return f"{found['id'][0]}***"


def _labelled_name(found: re.Match[str], _: str) -> str:
    return mask_name(found["id"])


def _exactly(count: int, last: str = "[0-9]") -> re.Pattern[str]:
    """So many digits, with gaps or without, and no digit next to them."""
    return re.compile(rf"(?<![0-9])[1-9](?:{_THIN}[0-9]){{{count - 2}}}{_THIN}{last}(?![0-9])")


_COUNTRY = rf"(?:(?:\((?=\+?86\)))?(?:\+|00)?86{_GAP}|0)?"
_MOBILE = rf"(?P<number>1{_GAP}[3-9](?:{_GAP}[0-9]){{9}})[\ufe0f\u20e3]{{0,2}}"
_LOCAL = (
    rf"(?P<local>[1-9](?:[0-9]{{6,7}}|[0-9]{{2}}{_THIN}[0-9]{{4}}|[0-9]{{3}}{_THIN}[0-9]{{3,4}}))"
    r"(?:(?:-| ?转 ?)[0-9]{1,5})?(?![0-9])"
)
_AREA = r"(?:10|2[0-9]|[3-9][0-9]{2})"

_RULES = (
    _Rule(
        re.compile(r"([A-Za-z0-9._%+-]{1,64})@((?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})"),
        _email,
    ),
    _Rule(_exactly(18, "[0-9Xx]"), _identity),
    *(_Rule(_exactly(count), _card) for count in (19, 18, 17, 16)),
    _Rule(_exactly(15), _identity),
    _Rule(
        re.compile(r"(?<![0-9])[0-9](?:[0-9]{11,18}|[0-9]{3}(?:[ -][0-9]{4}){3}(?:[ -][0-9]{3})?)(?![0-9])"), _account
    ),
    _Rule(re.compile(rf"(?<![0-9]){_COUNTRY}{_MOBILE}(?![0-9])(?! ?[元万亿])"), _mobile),
    _Rule(re.compile(_MOBILE), _mobile, spoken=True),
    _Rule(re.compile(rf"(?<![0-9])(?:\((?=0[0-9]{{2,3}}\)))?(?P<area>0{_AREA})\)?{_THIN}{_LOCAL}"), _landline),
    _Rule(re.compile(rf"(?<![0-9])(?:\+|00)86{_GAP}(?P<area>0?{_AREA})\)?{_THIN}{_LOCAL}"), _landline),
    _Rule(
        re.compile(rf"(?P<label>(?:电话|電話|座机|固话|传真|致电|拨打|tel)[^0-9\n]{{0,4}}){_LOCAL}", re.IGNORECASE),
        _local,
    ),
    _Rule(
        re.compile(
            r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼])[ ·•-]{0,2}([A-Z])[ ·•.-]{0,2}"
            r"(?=[A-Z]{0,5}[0-9])([A-Z0-9]{4,5}[A-Z0-9挂学警港澳领试超])(?![A-Z0-9])",
            re.IGNORECASE,
        ),
        _plate,
    ),
    _Rule(
        re.compile(
            r"(?P<label>(?:微信号?|微信號|薇信|加v|加微|(?<![A-Za-z])(?:wechat|weixin|wx|vx)(?=[ :号是]))"
            r"(?:号|id)?[ :是为“\"]{0,4})(?P<id>[A-Z][A-Z0-9_-]{5,19})",
            re.IGNORECASE,
        ),
        _labelled,
    ),
    _Rule(
        re.compile(
            r"(?P<label>(?<![A-Z])(?:QQ|扣扣)号?[ :是为]{0,4})(?P<id>[1-9][0-9]{4,10})(?![0-9])",
            re.IGNORECASE,
        ),
        _labelled,
    ),
    _Rule(
        re.compile(r"(?P<label>护照[^A-Z0-9\n]{0,6})(?P<id>[A-Z]{1,2}[0-9]{7,8})(?![0-9])", re.IGNORECASE), _labelled
    ),
    _Rule(re.compile(r"(?P<label>(?:姓名|户主|业主|联系人|报修人) ?: ?)(?P<id>[一-鿿]{2,4})"), _labelled_name),
)


# ---------------------------------------------------------------- addresses

_NUMBER = "(?:[0-9]{1,4}|[A-Za-z]|[零〇一二三四五六七八九十百]{1,5})"
_SPACE = "[ 　,，、（(—–-]{0,2}"
_ROOM_END = "[）)]?"
_ROOM = "(?:[1-9]|[1-6][0-9])(?:0[1-9]|[1-3][0-9])"  # floor and room
_NO_COUNT = "(?![0-9多余来几个户人元米块家辆棵盏年月日号號点點:：.%])"  # 3号楼100多户 is no room

# What may follow a building: unit, entrance, floor, room; a bare number only where it looks like a room.
_INNER = (
    f"{_SPACE}(?:{_NUMBER}(?:单元|單元|门栋|门(?![禁口卫岗锁前外店洞])|层|層|楼(?![栋道梯上下顶])|樓"
    f"|室|号房|房间|房(?![东顶产屋]))"
    f"|[0-9]{{1,2}}[-—–]{_ROOM}{_NO_COUNT}|{_ROOM}{_NO_COUNT}){_ROOM_END}"
)
_BUILDING = f"{_NUMBER}(?:号楼|號樓|栋|棟|幢|座|#楼)"
_IN_BUILDING = re.compile(f"({_BUILDING})(?:{_INNER}){{1,5}}")
_IN_HOUSE = re.compile(f"([0-9]{{1,4}}[号號])(?={_NUMBER}(?:单元|單元|室))(?:{_INNER}){{1,5}}")
_IN_UNIT = re.compile(f"({_NUMBER}(?:单元|單元)){_SPACE}(?:{_NUMBER}室|{_ROOM}{_NO_COUNT})")
_ALONE = re.compile("(?<![0-9])[0-9]{3,4}(?:室|号房|房间)")

_EDGE = "(?<![0-9A-Za-z.:：/#-])"
_END = "(?![0-9A-Za-z:：./#-]|[多余元米块人户家个年月日])"
_CODE = re.compile(f"{_EDGE}([0-9]{{1,3}}|[A-Za-z])[-—–－#]-?[0-9]{{1,2}}[-—–－][0-9]{{3,4}}{_END}")
_SHORT_CODE = re.compile(f"{_EDGE}([0-9]{{1,2}}|[A-Za-z])[-—–－#](?!20[2-4][0-9]){_ROOM}{_END}")


def mask_place(text: str) -> str:
    """Addresses without unit and room: 3号楼2单元501室 → 3号楼, 8-1-802 → 8栋. Without a building the room goes."""
    for pattern in (_IN_BUILDING, _IN_HOUSE, _IN_UNIT):
        text = pattern.sub(r"\1", text)
    for pattern in (_CODE, _SHORT_CODE):
        text = pattern.sub(r"\1栋", text)
    return _ALONE.sub("", text)
