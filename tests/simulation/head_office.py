"""What head office decides, through the server's own use cases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from domain.cases.kinds import CaseKind, Decision
from domain.errors import TillfoldError
from domain.facts import Fact
from domain.fold.aggregates import AggregateKind, Member
from domain.identifiers import MemberId
from domain.loyalty.facts import PointsAdjusted
from domain.members.facts import (
    MemberClosed,
    MemberFrozen,
    MembersMerged,
    MembersParted,
    MemberUnfrozen,
)
from domain.offers import amount_off
from domain.orders import Stage
from pos_client.use_cases.store_time import local_time
from sync_server.database import aggregates
from sync_server.use_cases.case_deciding import Wish, decide_case
from sync_server.use_cases.configuration import (
    CouponOrder,
    issue_coupons,
    publish_menu,
    publish_rules,
)
from sync_server.use_cases.head_office import decide
from tests.builders.sync_server import BRAND
from tests.simulation.chance import Chance
from tests.simulation.reached import Reached, Violation
from tests.simulation.server import SimulatedServer
from tests.simulation.template import HQ, menu_items, rule_book
from tests.simulation.world import DAY_MS

_MOST: Final = 10_000


class HeadOffice:
    def __init__(self, server: SimulatedServer, reached: Reached) -> None:
        self._server = server
        self._reached = reached
        self._versions = 0

    def decide(self, what: str, chance: Chance) -> None:
        DECISIONS[what](self, chance)
        self._server.check_commits()

    def _write(self, name: str, *facts: Fact) -> None:
        decide(self._server.context, BRAND, facts, actor=HQ)
        self._reached.note(name)

    def _members(self) -> list[Member]:
        found = self._server.read(
            lambda connection: aggregates.list_kind(
                connection, BRAND, AggregateKind.MEMBER, after="", limit=_MOST
            )
        )
        return [one for one in found if isinstance(one, Member) and one.phone]

    def _some_member(self, chance: Chance) -> MemberId:
        return chance.choice(self._members()).member_id

    def publish_menu(self, chance: Chance) -> None:
        self._versions += 1
        items = menu_items(chance.randrange(5))
        publish_menu(self._server.context, BRAND, f"menu-{self._versions}", items, actor=HQ)
        self._reached.note("menu published")

    def publish_rules(self, chance: Chance) -> None:
        self._versions += 1
        book = rule_book(chance.randrange(5))
        publish_rules(self._server.context, BRAND, f"rules-{self._versions}", book, actor=HQ)
        self._reached.note("rules published")

    def issue_coupons(self, chance: Chance) -> None:
        now_ms = self._server.context.now_ms()
        order = CouponOrder(
            rule=amount_off("c", "立减券", from_fen=0, saving_fen=300, stage=Stage.COUPON),
            valid_from_ms=now_ms - DAY_MS,
            valid_until_ms=now_ms + 30 * DAY_MS,
            count=chance.randint(1, 3),
        )
        issue_coupons(self._server.context, BRAND, order, actor=HQ)
        self._reached.note("coupons issued")

    def merge(self, chance: Chance) -> None:
        members = self._members()
        if len(members) > 1:
            one, other = chance.sample(members, 2)
            merged = MembersMerged(member_id=one.member_id, into=other.member_id)
            self._write("members merged", merged)

    def part(self, chance: Chance) -> None:
        merged = [one for one in self._members() if one.alias is not None and one.alias.text]
        if merged:
            one = chance.choice(merged)
            assert one.alias is not None
            into = MemberId(one.alias.text)
            self._write("members parted", MembersParted(member_id=one.member_id, parted_from=into))

    def freeze(self, chance: Chance) -> None:
        self._write("member frozen", MemberFrozen(member_id=self._some_member(chance)))

    def unfreeze(self, chance: Chance) -> None:
        frozen = [one for one in self._members() if one.freezes]
        if frozen:
            member_id = chance.choice(frozen).member_id
            self._write("member unfrozen", MemberUnfrozen(member_id=member_id))

    def close(self, chance: Chance) -> None:
        member = chance.choice(self._members())
        if not member.member_id.startswith("member-"):
            closed = MemberClosed(member_id=member.member_id, phone=member.phone)
            self._write("member closed", closed)

    def adjust(self, chance: Chance) -> None:
        day = local_time(self._server.context.now_ms(), "Asia/Shanghai").date()
        adjusted = PointsAdjusted(
            member_id=self._some_member(chance),
            points=chance.choice((-400, 100, 150)),
            day=day - timedelta(days=chance.randrange(2)),
            reason="盘点",
        )
        self._write("points adjusted", adjusted)

    def decide_forks(self, _chance: Chance) -> None:
        """A person has looked at the tills whose journals forked."""
        for terminal in list(self._server.suspects):
            wish = Wish(decision=Decision.NOTED)
            case_id = f"{CaseKind.JOURNAL_FORKED}:{terminal}"
            try:
                decide_case(self._server.context, BRAND, case_id, wish, actor=HQ)
            except TillfoldError as error:
                raise Violation(f"the fork of {terminal} has no case: {error.code}") from error
            del self._server.suspects[terminal]
            self._reached.note("case of a fork decided")


DECISIONS: Final[dict[str, Callable[[HeadOffice, Chance], None]]] = {
    "publish menu": HeadOffice.publish_menu,
    "publish rules": HeadOffice.publish_rules,
    "issue coupons": HeadOffice.issue_coupons,
    "merge": HeadOffice.merge,
    "part": HeadOffice.part,
    "freeze": HeadOffice.freeze,
    "unfreeze": HeadOffice.unfreeze,
    "close": HeadOffice.close,
    "adjust": HeadOffice.adjust,
    "decide forks": HeadOffice.decide_forks,
}
DECISION_WEIGHTS: Final = {
    "publish menu": 3,
    "publish rules": 3,
    "issue coupons": 6,
    "merge": 3,
    "part": 2,
    "freeze": 3,
    "unfreeze": 2,
    "close": 2,
    "adjust": 4,
}
