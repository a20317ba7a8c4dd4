"""A day at two counters, played through the real windows."""

import csv
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from hardware.emulators.payment_books import Fault
from tests.demo.shop import SAMPLES, Counter, Shop
from tests.hardware.payments.shops import WECHAT_CODE
from tests.harness.till import TillProcess

GUEST_PHONE = "138 1688 6688"
GUEST_DIGITS = "6688"
GUEST_NAME = "陈晓雨"
PATIENCE_S = 60.0


class Day:
    """Each step is one sentence of the story; `say` tells it, `pictures` takes the PNGs."""

    def __init__(self, shop: Shop, pictures: Path, say: Callable[[str], None]) -> None:
        self._shop = shop
        self._pictures = pictures
        self._say = say
        self._shots = 0
        self._place_of_category = _places_of_categories(SAMPLES / "sample_menu.csv")
        self.facts: list[tuple[str, str]] = []

    def play(self) -> None:
        self.import_menu_and_members()
        self.enrol_and_sell()
        self.see_it_in_the_other_store()
        self.pay_by_code_with_the_kitchen_off()
        self.cut_the_network_and_sell()
        self.join_the_network_again()

    def import_menu_and_members(self) -> None:
        till = self._shop.a.till
        self._say("A: importing the menu (CSV) and the members (XLSX, 2,000 rows)")
        menu = self._import("import-menu", SAMPLES / "sample_menu.csv")
        self._note("Menu imported at A", menu)
        members = self._import("import-members", SAMPLES / "sample_members.xlsx")
        self._note("Members imported at A", members)
        self._shoot(till, "import")
        till.click("close-imports")
        self._shop.b.till.wait("dish-D001")
        self._until_sent(self._shop.a)

    def enrol_and_sell(self) -> None:
        till = self._shop.a.till
        self._say("A: enrolling a member, selling to her with offers, a coupon and a packing fee")
        till.key("F3")
        till.wait("member-search")
        till.click("member-new")
        till.wait("enrol-phone")
        till.type("enrol-phone", GUEST_PHONE)
        till.type("enrol-name", GUEST_NAME)
        till.type("enrol-birthday", "1992-05-20")
        self._shoot(till, "enrol")
        till.click("enrol-save")
        till.wait("card-name")
        code = self._issue_coupon_to_guest()
        till.click("member-done")
        self._choose(till, ("D028", "D028", "D017", "D007", "D011"))
        self._until(partial(till.knows_coupon, code), "coupon known")
        self._lay_coupon(till, code)
        till.key("F10")
        self._until(lambda: "打包费" in till.text("extras"), "packing fee due")
        self._shoot(till, "sell")
        self._shoot_guest("guest-order")
        till.key("F9")
        till.wait("pay-due")
        till.click("cash-20000")
        self._shoot(till, "pay")
        till.click("confirm-pay")
        till.wait("receipt-number")
        self._shoot(till, "paid")
        self._shoot_guest("guest-change")
        self._until(lambda: "CHANGE" in self._shop.devices.pole.seen.lower, "pole display")
        seen = self._shop.devices.pole.seen
        self._note("On A's pole display", f"{seen.upper.strip()} / {seen.lower}")
        self._note(
            "Sold at A to the new member", f"{till.text('paid')}, {till.text('points-balance')}"
        )
        till.click("next-order")
        self._until_sent(self._shop.a)

    def see_it_in_the_other_store(self) -> None:
        till = self._shop.b.till
        self._say("B: what happened at A is here")
        till.open_member(GUEST_DIGITS)
        self._shoot(till, "other-store")
        self._note("Her points, seen at B", till.text("member-points"))
        till.click("member-drop")
        till.click("close-member")

    def pay_by_code_with_the_kitchen_off(self) -> None:
        till, devices = self._shop.a.till, self._shop.devices
        self._say("A: a guest pays by code while the kitchen's printer is off")
        devices.kitchen.stop()
        self._choose(till, ("D011", "D014", "D033"))
        devices.gateway.books.script("pay", Fault.GUEST_LEAVES)
        till.key("F9")
        till.wait("pay-due")
        till.scan(WECHAT_CODE)
        till.wait("code-title", "等客人确认")
        self._shoot(till, "code-waits")
        devices.gateway.books.confirm_all()
        till.wait("receipt-number")
        self._shoot(till, "code-paid")
        self._note("Paid by code at A", till.text("paid"))
        till.click("next-order")
        till.click("action-status")
        till.click("open-spool")
        till.wait("spool-open-0", "厨房单")
        till.click("spool-open-0")
        till.wait("spool-preview")
        self._shoot(till, "spool")
        till.click("close-spool")
        devices.kitchen.start()

    def cut_the_network_and_sell(self) -> None:
        self._say("Both: the network is cut; selling and redeeming go on")
        server = self._shop.server
        code = server.issue_coupon("新店开业券", saving_fen=1000, threshold_fen=5000)
        for counter in self._shop.counters:
            self._until(partial(counter.till.knows_coupon, code), "coupon known")
            counter.cable.cut()
        for counter in self._shop.counters:
            counter.till.sync()
            self._until(partial(_is_offline, counter), "offline")
        for counter, dishes in zip(
            self._shop.counters,
            (("D008", "D024", "D020"), ("D009", "D029", "D003")),
            strict=True,
        ):
            till = counter.till
            self._choose(till, dishes)
            self._lay_coupon(till, code)
            till.open_member(GUEST_DIGITS)
            till.click("points-most")
            till.click("member-done")
            self._shoot(till, f"offline-{counter.label}")
            till.pay_cash()
            self._note(f"Sold offline at {counter.label}", till.text("paid"))
            till.click("next-order")
            self._note(f"Waiting at {counter.label} while offline", str(till.status()["waiting"]))

    def join_the_network_again(self) -> None:
        self._say("Both: the network is back; the journals meet")
        for counter in self._shop.counters:
            counter.cable.join()
            counter.till.sync()
        for counter in self._shop.counters:
            self._until_sent(counter)
        cases = self._shop.server.get("cases", state="open")
        self._note("Open cases at head office", ", ".join(_case_lines(cases)))
        for counter in self._shop.counters:
            self._until(partial(_sees_case, counter), "case seen")
            self._until(partial(_has_printed, counter), "all printed")
        till = self._shop.b.till
        till.click("action-status")
        till.wait("case-row-0")
        self._until(lambda: "待打印" not in till.text("printer-row-0"), "seen to be printed")
        self._shoot(till, "case")
        till.click("close-status")

    def _import(self, kind: str, source: Path) -> str:
        till = self._shop.a.till
        till.import_file(kind, source)
        accepted = till.text("import-accepted")
        refused = till.text("import-refused") if till.sees("import-refused") else ""
        return ", ".join(filter(None, (accepted, refused)))

    def _choose(self, till: TillProcess, dishes: tuple[str, ...]) -> None:
        for dish in dishes:
            till.click(f"category-{self._place_of_category[dish]}")
            till.click(f"dish-{dish}")

    def _lay_coupon(self, till: TillProcess, code: str) -> None:
        till.key("F4")
        till.wait("coupon-code")
        till.type("coupon-code", code)
        till.click("coupon-submit")
        till.wait("coupon-laid-0")
        till.click("coupon-done")

    def _issue_coupon_to_guest(self) -> str:
        self._until(lambda: bool(self._guest_at_server()), "guest at server")
        member_id = self._guest_at_server()
        return self._shop.server.issue_coupon("新会员券", saving_fen=800, member_id=member_id)

    def _guest_at_server(self) -> str:
        found = self._shop.server.find_members("13816886688")
        return str(found[0]["member_id"]) if found else ""

    def _until_sent(self, counter: Counter) -> None:
        self._until(lambda: counter.till.status()["waiting"] == 0, f"{counter.label} has sent all")

    def _until(self, reached: Callable[[], bool], what: str) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not reached():
            if time.monotonic() > give_up:
                raise AssertionError(what)
            time.sleep(0.05)

    def _note(self, what: str, value: str) -> None:
        self.facts.append((what, value))

    def _shoot(self, till: TillProcess, name: str) -> None:
        self._shots += 1
        till.picture(self._pictures / f"{self._shots:02d}-{name}.png")

    def _shoot_guest(self, name: str) -> None:
        self._shots += 1
        self._shop.a.till.guest_picture(self._pictures / f"{self._shots:02d}-{name}.png")


def _is_offline(counter: Counter) -> bool:
    return bool(counter.till.status()["connection"] == "offline")


def _sees_case(counter: Counter) -> bool:
    return bool(counter.till.status()["cases"])


def _has_printed(counter: Counter) -> bool:
    return bool(counter.till.status()["printing"] == 0)


def _places_of_categories(menu: Path) -> dict[str, int]:
    """For each dish the place of its category among the chips."""
    with menu.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    categories = list(dict.fromkeys(row["分类"] for row in rows))
    return {row["编号"]: categories.index(row["分类"]) for row in rows}


def _case_lines(cases: list[dict[str, str]]) -> list[str]:
    return [case["text_en"] for case in cases]
