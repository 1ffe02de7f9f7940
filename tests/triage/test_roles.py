"""Who is taken for staff by the nickname alone."""

import pytest

from bot.app import TRIAGE
from bot.triage.lexicons import load_lexicons
from bot.triage.roles import load_roles

ROLES = load_roles(TRIAGE / "roles.toml", load_lexicons(TRIAGE).fold)
STAFF = """
*老金 物业阿明 物业主管老闵 中海管家Bella 客服小叶 网格员秦丽 網格員小美 社区李姐 社區主任 居委会毛姐 村委老周
街道小曲 王主任 刘书记 保安老谭 保洁阿群 维修小李 楼长阿琴 城管小邱 社区民警小邓 村支书冬生 里長伯文德
供电所杨工 自来水厂廖工 管理處榮叔 家属院物业刘主任 大学城社区小王
"""
RESIDENTS = """
物业受害者 想当主任的猫 物业费好贵 书记他爹 班主任李老师 管家婆 保安亭隔壁老王 我爱社区 社区小霸王 主任夫人
退休主任 空调维修老王 钟表维修老华 社区门诊翟医生 街道拐角的猫 被物业气哭的小王 8-1-802 8-1-802管家 3栋李姐
团长 老钱 梧桐雨 会计他嫂 黑猫警长不上班
"""


@pytest.mark.parametrize("nickname", STAFF.split())
def test_staff(nickname: str) -> None:
    assert ROLES.has_duty(nickname)


@pytest.mark.parametrize("nickname", ["", " ", "\0", "😀", *RESIDENTS.split()])
def test_residents(nickname: str) -> None:
    assert not ROLES.has_duty(nickname)
