"""A town of any size: an organization with as many residents' groups as asked for, and the people who speak in them."""

from bot.domain.org import Article, Duty, Group, Organization, Person, Unit

CHANNEL = "web"
GRIDS_PER_COMMUNITY = 20
COMMUNITIES_PER_STREET = 10
RESIDENTS = 60  # people of a group who ever speak
TRADES = ("drainage", "utilities", "sanitation", "facilities", "property")
TOPICS = ("居住证", "老年卡", "医保", "生育登记", "临时救助", "停车证", "养犬证", "低保", "就业登记", "流动人口")


def group_chat(number: int) -> str:
    """The chat id of a group."""
    return f"g{number}"


def resident(group: int, number: int) -> str:
    """The account id of a resident."""
    return f"r{group}-{number}"


def steward(group: int) -> str:
    """The account id of a group's steward."""
    return f"s{group}"


def make_town(groups: int) -> Organization:
    """One district; streets, communities and grids below it; a steward a grid, an owner and a handler a community."""
    units, people, duties = _units(groups), _people(groups), _duties(groups)
    grids = [Group(CHANNEL, group_chat(n), f"grid{n}", listen="all", title=f"{n}号院邻里群") for n in range(groups)]
    works = [Group(CHANNEL, f"w{n}", f"community{n}", "work", "all") for n in range(_communities(groups))]
    articles = tuple(Article(f"a{n}", f"{t}办理", "district", (t,), f"{t}请到社区一楼。") for n, t in enumerate(TOPICS))
    return Organization(
        {unit.id: unit for unit in units},
        {person.id: person for person in people},
        tuple(duties),
        {group.key: group for group in (*grids, *works)},
        articles,
    )


def _communities(groups: int) -> int:
    return -(-groups // GRIDS_PER_COMMUNITY)


def _streets(groups: int) -> int:
    return -(-_communities(groups) // COMMUNITIES_PER_STREET)


def _units(groups: int) -> list[Unit]:
    return [
        Unit("district", "江南区", "district"),
        *(Unit(f"street{n}", f"第{n}街道", "street", "district") for n in range(_streets(groups))),
        *(
            Unit(f"community{n}", f"第{n}社区", "community", f"street{n // COMMUNITIES_PER_STREET}")
            for n in range(_communities(groups))
        ),
        *(
            Unit(f"grid{n}", f"{n}号院", "grid", f"community{n // GRIDS_PER_COMMUNITY}", aliases=(f"院{n}",))
            for n in range(groups)
        ),
    ]


def _people(groups: int) -> list[Person]:
    named = [(steward(n), f"管家{n}") for n in range(groups)]
    named += [(f"o{n}", f"主任{n}") for n in range(_communities(groups))]
    named += [(f"h{n}", f"物业{n}") for n in range(_communities(groups))]
    named += [(f"v{n}", f"街道{n}") for n in range(_streets(groups))]
    return [Person(id_, name, accounts=((CHANNEL, id_),)) for id_, name in named]


def _duties(groups: int) -> list[Duty]:
    return [
        *(Duty(steward(n), f"grid{n}", "steward") for n in range(groups)),
        *(Duty(f"o{n}", f"community{n}", "owner") for n in range(_communities(groups))),
        *(Duty(f"h{n}", f"community{n}", "handler", frozenset(TRADES)) for n in range(_communities(groups))),
        *(Duty(f"v{n}", f"street{n}", "supervisor") for n in range(_streets(groups))),
    ]
