"""Words as they may leave the house, to be read by a machine that needs no person in them: stricter than for a group.

What a group may still see of a number (its last digits) goes too, and so do names as far as they can be known: those of
duty-holders, the speaker's own nickname, @mentions, a surname before a title or a number, what follows 我叫. Links go whole.
"""

import re
from collections.abc import Iterable

from bot.render.masking import mask, mask_place
from bot.render.render import clean

SOMEBODY = "某人"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付"
    "方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常張劉陳楊黃趙吳孫馬羅鄭許韓馮鄧董蔣葉蘇呂盧鐘譚陸範賈鄒龍賀顧龔邵萬錢嚴"
)
_TITLES = (
    "阿姨|大爷|大妈|大叔|大哥|大姐|叔叔|伯伯|奶奶|爷爷|婆婆|师傅|先生|女士|小姐|老师|主任|书记|经理|医生|大夫|队长|组长|村长|局长|所长"
    "|大爺|爺爺|師傅|老師|主任|書記|經理|醫生|隊長|組長|村長|局長|所長"
)
_MASKED = re.compile(r"[0-9A-Za-z-]{0,20}\*{2,}[0-9A-Za-z-]{0,20}")
_LONG = re.compile(r"\d{7,}")
_LINK = re.compile(r"(?:https?://|www\.)[^\s一-鿿]{1,2000}", re.IGNORECASE)
_MENTION = re.compile(r"[@＠][^\s@＠,，。:：!！?？]{1,32}")
_TITLED = re.compile(f"[{_SURNAMES}][一-鿿]{{0,2}}?(?=(?:{_TITLES}))")
_NAMED = re.compile(
    f"(我叫|名叫|叫做|联系人|聯絡人|户主|戶主|报修人|姓名)([是为為:： ]{{0,2}})[{_SURNAMES}][一-鿿]{{1,2}}"
)
_BEFORE_NUMBER = re.compile(rf"[{_SURNAMES}][一-鿿]{{1,2}}(?= ?\*\*\*)")


def outward(text: str, names: Iterable[str] = ()) -> str:
    """The text without what names or reaches a person; ``names`` are those that the house knows."""
    text = mask(_LINK.sub("…", text))
    text = _MENTION.sub(SOMEBODY, clean(text))
    for name in sorted({name.strip() for name in names}, key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, SOMEBODY)
    text = mask_place(_LONG.sub("***", _MASKED.sub("***", text)))
    text = _NAMED.sub(rf"\1\2{SOMEBODY}", text)
    return _BEFORE_NUMBER.sub(SOMEBODY, _TITLED.sub("某", text))
