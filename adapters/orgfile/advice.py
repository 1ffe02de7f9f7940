"""What an organization lacks to work well: nothing forbids it, but somebody's trouble would reach nobody."""

from collections.abc import Iterator

from bot.domain.org import Organization


def check_org(org: Organization) -> list[str]:
    """Warnings in Chinese: residents' groups whose matters nobody takes, and units over which nobody watches."""
    return [*_unanswered(org), *_unsupervised(org)]


def _unanswered(org: Organization) -> Iterator[str]:
    for group in org.groups.values():
        roles = {duty.role for duty in org.duties_over(group.unit)}
        if group.kind == "residents" and not roles & {"steward", "owner"}:
            unit = org.units[group.unit].name if group.unit in org.units else group.unit
            yield f"居民群“{group.title or group.key}”：{unit}和它的上级都没有管家或群主，来件没有人接"


def _unsupervised(org: Organization) -> Iterator[str]:
    """Only the topmost such unit of a branch: those below lack the same person."""
    for unit in org.units.values():
        if not _watched(org, unit.id) and not (unit.parent and not _watched(org, unit.parent)):
            yield f"单位“{unit.name}”：它和它的上级都没有督办，超期的件升级不上去"


def _watched(org: Organization, unit: str) -> bool:
    return any(duty.role == "supervisor" for duty in org.duties_over(unit))
