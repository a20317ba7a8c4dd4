"""Closed sales as tables of cases write them, without pricing: a sale is what it stores."""

from typing import Any

from domain.identifiers import AccountId, CouponId, ItemId, MemberId, RuleId, SaleId
from domain.orders import (
    FeeLine,
    LineLoyalty,
    Sale,
    SaleLine,
    Share,
    Stage,
    Tender,
    TenderKind,
    UsedRule,
)

Table = dict[str, Any]


def sale_from(order: Table) -> Sale:
    """`lines` ("juice 1250 x 3"), `rules` with their `saving` by line, fees, tip and tenders."""
    plain = [_plain_line(number, text) for number, text in enumerate(order["lines"], start=1)]
    rules = order.get("rules", [])
    shares = _shares(plain, rules)
    lines = tuple(_net_line(line, shares) for line in plain)
    fees = tuple(_fee(fee_fen) for fee_fen in order.get("fees", []))
    loyalty = tuple(_loyalty(int(line), row) for line, row in order.get("loyalty", {}).items())
    sale = Sale(
        sale_id=SaleId("s1"),
        receipt_number="A1-1",
        business_day="2026-11-21",
        lines=lines,
        shares=tuple(shares),
        used_rules=tuple(map(_used_rule, rules)),
        list_fen=sum(line.list_fen for line in lines),
        total_fen=sum(line.net_fen for line in lines) + sum(fee.amount_fen for fee in fees),
        tenders=tuple(_tender(text) for text in order["tenders"]),
        fees=fees,
        tip_fen=order.get("tip", 0),
        member_id=MemberId("m1") if "loyalty" in order or "earned" in order else None,
        points_earned=order.get("earned", sum(row.points_earned for row in loyalty)),
        points_redeemed=order.get("redeemed", sum(row.points_redeemed for row in loyalty)),
        growth_earned=sum(row.growth_earned for row in loyalty),
        loyalty=loyalty,
        coupon_ids=tuple(CouponId(coupon) for coupon in order.get("coupons", [])),
    )
    assert sale.balances(), order
    return sale


def _plain_line(number: int, text: str) -> SaleLine:
    name, price, quantity = text.replace(" x ", " ").split(" ")
    grams = 0
    units = int(quantity.removesuffix("g"))
    if quantity.endswith("g"):
        grams, units = units, 1
    price_fen = int(price)
    list_fen = (price_fen * grams * 2 + 1000) // 2000 if grams else price_fen * units
    return SaleLine(
        number=number,
        item_id=ItemId(name),
        name=name,
        quantity=units,
        unit_price_fen=price_fen,
        list_fen=list_fen,
        net_fen=list_fen,
        weight_grams=grams,
    )


def _shares(lines: list[SaleLine], rules: list[Table]) -> list[Share]:
    left = {line.number: line.list_fen for line in lines}
    shares = []
    for rule in rules:
        for line, saving_fen in rule["saving"].items():
            number = int(line)
            shares.append(
                Share(
                    line=number,
                    rule_id=RuleId(rule["name"]),
                    stage=Stage(rule.get("stage", "S4")),
                    base_fen=left[number],
                    saving_fen=saving_fen,
                    units=rule.get("units", 0),
                )
            )
            left[number] -= saving_fen
    return shares


def _net_line(line: SaleLine, shares: list[Share]) -> SaleLine:
    taken_fen = sum(share.saving_fen for share in shares if share.line == line.number)
    return SaleLine(
        number=line.number,
        item_id=line.item_id,
        name=line.name,
        quantity=line.quantity,
        unit_price_fen=line.unit_price_fen,
        list_fen=line.list_fen,
        net_fen=line.list_fen - taken_fen,
        weight_grams=line.weight_grams,
    )


def _used_rule(rule: Table) -> UsedRule:
    return UsedRule(
        rule_id=RuleId(rule["name"]),
        stage=Stage(rule.get("stage", "S4")),
        name=rule["name"],
        saving_fen=sum(rule["saving"].values()),
        gift=rule.get("gift", False),
        retest_fen=rule.get("retest", 0),
    )


def _fee(fee_fen: int) -> FeeLine:
    return FeeLine(
        rule_id=RuleId(f"fee-{fee_fen}"),
        kind="packing",
        name="打包费",
        list_fen=fee_fen,
        amount_fen=fee_fen,
    )


def _loyalty(line: int, row: list[int]) -> LineLoyalty:
    earned, growth, redeemed = row
    return LineLoyalty(
        line=line, points_earned=earned, growth_earned=growth, points_redeemed=redeemed
    )


def _tender(text: str) -> Tender:
    """As "cash 500", "stored_value 6000 bonus 1000", "pass 900 covers 1:2 2:1"."""
    kind, amount, *rest = text.split(" ")
    bonus = int(rest[1]) if rest[:1] == ["bonus"] else 0
    covered = [pair.split(":") for pair in rest[1:]] if rest[:1] == ["covers"] else []
    amount_fen = int(amount)
    return Tender(
        kind=TenderKind(kind),
        amount_fen=amount_fen,
        received_fen=amount_fen,
        bonus_fen=bonus,
        account_id=AccountId(kind) if bonus or covered else None,
        covered=tuple((int(line), int(units)) for line, units in covered),
    )
