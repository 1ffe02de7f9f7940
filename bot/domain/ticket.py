"""What can happen to a ticket: the methods that walk the one table of transitions and record events.

A ticket changes only through its methods; each guards the state and records what happened (product.md §3).
Who may call them: ``bot.usecases``, from the duties. When limits fall: ``bot.domain.deadline``.
"""

from datetime import datetime

from bot.domain import states
from bot.domain.errors import WrongState
from bot.domain.record import TicketRecord

SYSTEM = "bot"  # who did what nobody did: a limit passed, a poll ended


class Ticket(TicketRecord):
    """One matter from the first word to the last vote."""

    __slots__ = ()

    def register(self, number: int, year: int, at: datetime, by: str, message: str | None = None) -> None:
        """A candidate, or a clear message, becomes a numbered ticket."""
        self._move(states.REGISTERED)
        self.number, self.year, self.registered_at = number, year, at
        self.record("registered", at, by, message=message)

    def dispatch(self, person: str | None, at: datetime, by: str = SYSTEM) -> None:
        """Give it to the one who answers for the place; without anybody on duty it waits for whoever signs."""
        self._move(states.DISPATCHED)
        self.assignee, self.dispatched_at = person, at
        self.record("dispatched", at, by, person or "")

    def sign(self, person: str, at: datetime, message: str | None = None) -> None:
        """The first to sign becomes the assignee. ``signed_at`` keeps the first signature for good."""
        self._move(states.IN_PROGRESS)
        self.assignee, self.signed_at = person, self.signed_at or at
        self.record("signed", at, person, message=message)

    def contact(self, person: str, at: datetime, message: str | None = None) -> None:
        """Staff spoke to the reporter for the first time."""
        if self.first_contact_at is None:
            self.first_contact_at = at
            self.record("contacted", at, person, message=message)

    def progress(self, person: str, at: datetime, note: str, message: str | None = None) -> None:
        """Staff tell how it goes."""
        self._only_in(states.WORKING)
        self.record("progressed", at, person, note, message)

    def transfer(self, person: str, to: str, at: datetime, note: str = "", message: str | None = None) -> None:
        """Hand it to somebody else, who has to sign in turn."""
        self._move(states.DISPATCHED)
        self.assignee, self.dispatched_at = to, at
        self.transfer_count += 1
        self.record("transferred", at, person, note or to, message)

    def whistle(self, person: str, called: str, at: datetime, message: str | None = None) -> None:
        """Call somebody in as a helper; the lead stays lead."""
        self._only_in(states.WORKING)
        if called not in self.helpers:
            self.helpers.append(called)
        self.record("whistled", at, person, called, message)

    def acknowledge(self, helper: str, at: datetime, message: str | None = None) -> None:
        """A helper answers the whistle; that signs nothing."""
        if helper not in self.acknowledged:
            self.acknowledged.append(helper)
            self.record("noted", at, helper, "acknowledged", message)

    def ask_return(self, person: str, reason: str, at: datetime, message: str | None = None) -> None:
        """Ask to give it back: once, with a reason. Until the ruling the asker stays responsible (首接负责)."""
        self._only_in({states.DISPATCHED, states.IN_PROGRESS})
        if self.asked == "return":
            raise WrongState("error.return_open")
        if self.return_count:  # the ruling on the first one is final
            raise WrongState("error.return_once")
        self.asked, self.asked_by, self.asked_note = "return", person, reason
        self.return_count += 1
        self.record("return_requested", at, person, reason, message)

    def rule(self, person: str, to: str | None, at: datetime, message: str | None = None) -> None:
        """Rule on a return, finally: a new assignee, or refused and it stays where it is."""
        if self.asked != "return":
            raise WrongState("error.no_return")
        if to is not None:
            self._move(states.DISPATCHED)
            self.assignee, self.dispatched_at = to, at
        self._clear_request()
        self.record("return_ruled", at, person, to or "refused", message)

    def ask(self, what: str, person: str, reason: str, until: datetime, at: datetime) -> None:
        """Ask one level up for a hold (``held``) or more time (``extended``), until a review date."""
        self._only_in({states.DISPATCHED, states.IN_PROGRESS, states.ON_HOLD})
        if self.asked:
            raise WrongState("error.request_open")
        self.asked, self.asked_by, self.asked_until, self.asked_note = what, person, until, reason
        self.record("noted", at, person, f"{what}?: {reason}")

    def grant(self, person: str, at: datetime, message: str | None = None) -> str:
        """Approve the hold or extension that was asked for; gives back which it was. ``original_due_at`` stays."""
        what, until, reason = self.asked, self.asked_until, self.asked_note
        if what not in {"held", "extended"} or until is None:
            raise WrongState("error.no_request")
        if what == "held":
            self._move(states.ON_HOLD)
        else:
            self.extension_count += 1
        self.due_at = self.review_at = until
        self._clear_request()
        self.record(what, at, person, reason, message)
        return what

    def refuse(self, person: str, at: datetime, message: str | None = None) -> None:
        """Refuse the hold or extension that was asked for."""
        if self.asked not in {"held", "extended"}:
            raise WrongState("error.no_request")
        what = self.asked
        self._clear_request()
        self.record("noted", at, person, f"{what} refused", message)

    def resume(self, at: datetime, by: str) -> None:
        """Work goes on after a hold."""
        self._move(states.IN_PROGRESS)
        self.record("resumed", at, by)

    def finish(self, person: str, at: datetime, note: str, message: str | None = None, review: bool = False) -> None:
        """Staff say it is done: to review where the settings ask for it, else to the people who complained."""
        self._move(states.REVIEW if review else states.CALLBACK)
        self.done_at = at
        self._clear_request()
        self.record("done", at, person, note, message)

    def approve(self, person: str, at: datetime, message: str | None = None) -> None:
        """A reviewed result goes to the people who complained."""
        self._only_in({states.REVIEW})
        self._move(states.CALLBACK)
        self.record("reviewed", at, person, message=message)

    def poll(self, at: datetime) -> None:
        """A new round of votes opens."""
        self.poll_round, self.polled_at = self.poll_round + 1, at
        self.record("polled", at, SYSTEM, f"round {self.poll_round}")

    def rework(self, at: datetime, by: str, note: str = "", message: str | None = None) -> None:
        """Not solved: back to work. A closed ticket is reopened first. A round of votes ends with it."""
        if self.state == states.CLOSED:
            self.record("reopened", at, by, note, message)
        self._move(states.IN_PROGRESS)
        self.rework_count += 1
        self.done_at = self.closed_at = self.close_reason = None
        self.solved = False
        self.record("reworked", at, by, note, message)

    def close(self, reason: str, at: datetime, by: str = SYSTEM, solved: bool | None = None) -> None:
        """The matter ends, with a reason; silence is never counted as satisfied."""
        self._end(states.CLOSED, at, reason)
        self.solved = solved
        self.record("closed", at, by, reason)

    def withdraw(self, at: datetime, by: str, note: str = "", message: str | None = None) -> None:
        """Nothing to do after all; the words are erased by the caller."""
        self._end(states.WITHDRAWN, at, "withdrawn")
        self.record("withdrawn", at, by, note, message)

    def refuse_acceptance(
        self, person: str, at: datetime, reason: str, message: str | None = None, code: str = states.REFUSALS[-1]
    ) -> None:
        """Not accepted: only a person may say so, with a reason in words; ``code`` is one of ``REFUSALS``."""
        self._end(states.NOT_ACCEPTED, at, code)
        self.record("noted", at, person, f"not_accepted {code}: {reason}", message)

    def merge_into(self, other: "Ticket", at: datetime, by: str, message: str | None = None) -> None:
        """The same matter as another ticket: everybody who spoke follows that one."""
        self._end(states.MERGED, at, "merged")
        self.merged_into = other.id
        self.record("merged", at, by, str(other.number), message)
        for account in self.voices:
            other.follow(account, at, message)
        other.media += self.media

    def follow(self, account: str, at: datetime, message: str | None = None) -> bool:
        """One more voice for the same trouble; False where it is known already."""
        if account in self.voices:
            return False
        self.followers.append(account)
        self.record("followed", at, account, message=message)
        return True

    def lose(self, account: str) -> None:
        """Somebody was taken for a voice of this trouble, and is none."""
        if account in self.followers:
            self.followers.remove(account)

    def supervise(self, level: int, at: datetime, note: str) -> bool:
        """Raise supervision (督办) to a level, 1 yellow, 2 red, 3 up a level; False where it stands there already."""
        if level <= self.supervision:
            return False
        self.supervision = level
        self.record("supervised", at, SYSTEM, note)
        return True

    def set_limits(self, sign: datetime | None, contact: datetime | None, due: datetime | None) -> None:
        """Write the limits on the ticket (Beijing rules, article 13); the first finish limit stays on record."""
        self.sign_due_at, self.contact_due_at, self.due_at = sign, contact, due
        self.original_due_at = self.original_due_at or due
