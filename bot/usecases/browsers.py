"""Taking a browser's rights away: somebody logs out, or a phone is lost. What was said and done with it stays."""

from bot.domain.org import Person
from bot.messages import channel_of, id_of
from bot.ports import UnitOfWork


def sign_out(uow: UnitOfWork, account: str) -> None:
    """Whoever holds the account's cookie is a stranger from now on, and the account acts for nobody.

    Unbound as well, so that what is meant for the person is not told to a phone that nobody can read any more.
    """
    uow.rooms.lock_out(id_of(account))
    uow.org.unbind(account)


def sign_out_person(uow: UnitOfWork, person: Person, channel: str, but: str = "") -> list[str]:
    """All accounts of a duty-holder on a channel but one, and the links that were made and not used; gives the accounts."""
    accounts = [key for key in person.account_keys() if channel_of(key) == channel and key != but]
    for account in accounts:
        sign_out(uow, account)
    uow.org.void_codes(person.id)
    return accounts
