"""Do the books of both tills, the server and the payment gateway agree? To fen, point and entry."""

from typing import Any

from tests.demo.shop import Shop


def differences(shop: Shop) -> list[str]:
    """What does not agree, in words; empty where everything does."""
    server = shop.server.command("books")
    by_label = {terminal["label"]: terminal for terminal in server["terminals"]}
    found = []
    for counter in shop.counters:
        till = counter.till.books()
        at_server = by_label[counter.label]
        found += _compare(f"{counter.label}: entries", till["head"], at_server["head_number"])
        for figure in ("sales", "total_fen", "tenders_fen"):
            found += _compare(f"{counter.label}: {figure}", till[figure], at_server[figure])
        found += _compare(f"{counter.label}: members", till["members"], server["members"])
        found += _compare(f"{counter.label}: points", till["points"], server["points_total"])
    found += _differences_of_devices(shop)
    # Fails by itself where a chain, a signature or a sum does not hold.
    shop.server.command("verify")
    return found


def _differences_of_devices(shop: Shop) -> list[str]:
    """Of counter A1: a ticket an order, and the provider's money."""
    till, devices = shop.a.till.books(), shop.devices
    by_code = till["tenders_fen"].get("wechat_pay", 0)
    tickets = len(devices.kitchen.receipts())
    found = []
    if by_code != devices.gateway.books.net_fen():
        found.append(f"by code: {by_code} at the till, {devices.gateway.books.net_fen()} paid")
    if tickets != till["sales"]:
        found.append(f"kitchen: {tickets} tickets of {till['sales']} orders")
    return found


def _compare(what: str, at_till: Any, at_server: Any) -> list[str]:  # noqa: ANN401
    if at_till == at_server:
        return []
    return [f"{what}: {at_till} at the till, {at_server} at the server"]
