"""`explain(order, wording)`: a priced order as lines of text, every figure with its reason.

The amounts at the right edge of the rules and lines add up to the total: list prices, less what
each rule took off, plus the fees. Below a rule stand its shares. Nothing is worked out here.
"""

from collections.abc import Iterator

from domain.loyalty.earned import RuleEarning
from domain.money import BASIS_POINTS, format_decimal, format_fen
from domain.orders import FEES, GRAMS_A_KILOGRAM, ChosenOption, SaleLine, Share, Stage, UsedRule
from domain.pricing.result import PricedOrder, UnusedRule
from domain.pricing.text_columns import row, shown
from domain.wording import Wording

_PERCENT = BASIS_POINTS // 100


def explain(order: PricedOrder, wording: Wording) -> tuple[str, ...]:
    """Lines of at most 64 cells, unless a name is longer; tenders are not part of a price."""
    explained = _Explanation(order, wording)
    return tuple(explained.rows())


class _Explanation:
    def __init__(self, order: PricedOrder, wording: Wording) -> None:
        self._order = order
        self._wording = wording
        self._coupons: set[str] = set(order.coupon_ids)
        self._names = {line.number: shown(line.name) for line in order.lines}

    def rows(self) -> Iterator[str]:
        yield from self._list_prices()
        for stage in Stage:
            yield from self._stage(stage)
        yield from self._nets()
        yield from self._totals()
        yield from self._points()
        yield from self._unused()

    def _text(self, key: str, **values: str | int) -> str:
        return self._wording.text(f"explain.{key}", **values)

    def _list_prices(self) -> Iterator[str]:
        yield row(self._text("S0"))
        for line in self._order.lines:
            yield row(self._line(line), format_fen(line.list_fen), depth=1)
            for option in line.options:
                yield row(self._option(option), depth=3)
        yield row(self._text("sum"), format_fen(self._order.list_fen), depth=1)

    def _line(self, line: SaleLine) -> str:
        name, price = shown(line.name), format_fen(line.unit_price_fen)
        if line.weight_grams:
            kilograms, grams = divmod(line.weight_grams, GRAMS_A_KILOGRAM)
            weight = f"{kilograms}.{grams:03d}"
            return self._text(
                "weighed", number=line.number, name=name, kilograms=weight, price=price
            )
        quantity = line.quantity
        return self._text("line", number=line.number, name=name, quantity=quantity, price=price)

    def _option(self, option: ChosenOption) -> str:
        key = "option_at" if option.price_fen else "option"
        sign = "+" if option.price_fen > 0 else ""
        return self._text(
            key,
            name=shown(option.name),
            quantity=option.quantity,
            price=sign + format_fen(option.price_fen),
        )

    def _stage(self, stage: Stage) -> Iterator[str]:
        used = [rule for rule in self._order.used_rules if rule.stage is stage]
        fees = self._order.fees if stage is Stage.FEE else ()
        if not used and not fees:
            return
        yield row(self._text(stage))
        for fee in fees:
            yield row(self._rule(fee.name, fee.rule_id), format_fen(fee.list_fen), depth=1)
        for rule in used:
            yield from self._used(rule)

    def _used(self, rule: UsedRule) -> Iterator[str]:
        of_rule = (
            share
            for share in self._order.shares
            if share.rule_id == rule.rule_id and share.stage is rule.stage
        )
        shares = sorted(of_rule, key=lambda share: share.line)
        yield row(self._named(rule), format_fen(-rule.saving_fen), depth=1)
        for share in shares:
            yield row(self._share(share), format_fen(-share.saving_fen), depth=3)
        of_fees_fen = rule.saving_fen - sum(share.saving_fen for share in shares)
        if of_fees_fen:
            yield row(self._text("fee_share"), format_fen(-of_fees_fen), depth=3)

    def _named(self, rule: UsedRule) -> str:
        text = self._rule(rule.name, rule.rule_id)
        if rule.times > 1:
            text = self._text("times", rule=text, times=rule.times)
        if rule.rule_id in self._coupons:
            text = self._text("coupon", rule=text)
        return self._text("gift", rule=text) if rule.gift else text

    def _share(self, share: Share) -> str:
        return self._text(
            "share_units" if share.units else "share",
            number=share.line,
            name=self._names[share.line],
            units=share.units,
            base=format_fen(share.base_fen),
        )

    def _rule(self, name: str, rule_id: str) -> str:
        return self._text("rule", name=shown(name), id=shown(rule_id))

    def _nets(self) -> Iterator[str]:
        yield row(self._text("nets"))
        for line in self._order.lines:
            name = self._names[line.number]
            text = self._text("of_line", number=line.number, name=name)
            yield row(text, format_fen(line.net_fen), depth=1)

    def _totals(self) -> Iterator[str]:
        order = self._order
        yield row(self._text("total"), format_fen(order.total_fen))
        for tax in order.taxes:
            rate = format_decimal(tax.tax_basis_points, _PERCENT)
            text = self._text("tax", rate=rate, gross=format_fen(tax.gross_fen))
            yield row(text, format_fen(tax.tax_fen), depth=1)
        if order.tip_fen:
            yield row(self._text("tip"), format_fen(order.tip_fen))
            yield row(self._text("due"), format_fen(order.due_fen))

    def _points(self) -> Iterator[str]:
        order = self._order
        if not order.loyalty and not order.earned.unused:
            return
        yield row(self._text("points"))
        yield from self._redeemed()
        yield from self._earned()

    def _redeemed(self) -> Iterator[str]:
        order = self._order
        if order.points_redeemed:
            yield row(self._text("redeemed"), f"-{order.points_redeemed}", depth=1)
        for line in order.loyalty:
            if line.points_redeemed:
                yield row(self._of(line.line), f"-{line.points_redeemed}", depth=3)

    def _earned(self) -> Iterator[str]:
        for rule in self._order.earned.rules:
            yield row(self._earning(rule), f"+{rule.points}", depth=1)
            for number, points in rule.shares:
                if points:
                    yield row(self._of(number), f"+{points}", depth=3)
        for unused in self._order.earned.unused:
            reason = self._wording.reason(unused.reason)
            name = self._rule(unused.name, unused.rule_id)
            yield row(self._text("unused_earning", rule=name, reason=reason), depth=1)

    def _earning(self, rule: RuleEarning) -> str:
        times = rule.rate_basis_points != BASIS_POINTS
        return self._text(
            "earned_rate" if times else "earned",
            rule=self._rule(rule.name, rule.rule_id),
            ledger=self._text(f"ledger_{rule.ledger}"),
            rate=format_decimal(rule.rate_basis_points, BASIS_POINTS),
        )

    def _of(self, number: int) -> str:
        if number == FEES:
            return self._text("of_fees")
        return self._text("of_line", number=number, name=self._names[number])

    def _unused(self) -> Iterator[str]:
        if self._order.unused_rules:
            yield row(self._text("unused"))
        stages = list(Stage)
        for rule in sorted(self._order.unused_rules, key=lambda rule: stages.index(rule.stage)):
            yield row(self._unused_rule(rule), depth=1)

    def _unused_rule(self, rule: UnusedRule) -> str:
        reason = self._wording.reason(
            rule.reason, missing=format_fen(rule.missing_fen), quantity=rule.missing_units
        )
        name = self._rule(rule.name, rule.rule_id)
        return self._text("unused_rule", rule=name, stage=rule.stage, reason=reason)
