"""A brand with its server and its tills, made once a process; each run begins with a copy."""

import shutil
from pathlib import Path
from typing import Final

import msgspec

from domain import rights
from domain.configuration import PointsRule, Staff
from domain.facts import Fact, StaffAppointed
from domain.identifiers import ItemId, MemberId, RoleId, StaffId, StoreId
from domain.members.facts import MemberEnrolled
from domain.menu import MenuItem
from domain.offers import amount_off
from domain.passes.terms import PassTemplateId, PassTerms
from domain.protocol import EnrolRequest, enrolment_proof
from domain.rulebook import RuleBook
from domain.signatures import Signer
from pos_client.storage.identity import Identity
from pos_client.storage.keys import TillSecrets, make_secrets
from pos_client.storage.opening import Opener
from sync_server.authentication.keys import make_key_file
from sync_server.bootstrap import build_context, migrate_database
from sync_server.use_cases import brands, enrolment
from sync_server.use_cases.configuration import publish_menu, publish_rules
from sync_server.use_cases.context import Context
from sync_server.use_cases.head_office import decide
from tests.builders.sync_server import BRAND
from tests.builders.terminal import TestTerminal
from tests.simulation.chance import Chance, SeededBytes
from tests.simulation.disk import Disk
from tests.simulation.reached import Reached
from tests.simulation.server import settings_in
from tests.simulation.world import START_MS, TillClock, World

STORES: Final = ("A", "B")
SERVER_URL: Final = "http://server.invalid"
HQ: Final = "hq"
FIRST_MEMBERS: Final = 8
PASS: Final = PassTerms(template_id=PassTemplateId("ten"), name="十次卡", price_fen=18_000, uses=10)


class Template(msgspec.Struct, kw_only=True):
    folder: Path
    tills: list[tuple[Identity, TillSecrets]]
    future: TestTerminal


def cashier_of(store: str) -> StaffId:
    return StaffId(f"cashier-{store}")


def menu_items(version: int) -> list[MenuItem]:
    prices = (300, 2_800, 12_800, 5_600)
    return [
        MenuItem(
            item_id=ItemId(f"D{number}"),
            name=f"菜{number}",
            category="热菜",
            unit_price_fen=price_fen + 100 * version,
        )
        for number, price_fen in enumerate(prices, start=1)
    ]


def rule_book(version: int) -> RuleBook:
    offer = amount_off("offer", "满200减20", from_fen=20_000, saving_fen=2_000 + 100 * version)
    points = PointsRule(value_fen=1, step=10, cap_basis_points=5_000, offline_limit=200)
    return RuleBook(rules=(offer,), points=points, passes=(PASS,))


def first_phone(number: int) -> str:
    return f"+86138001380{number:02d}"


def build_template(folder: Path, tills: int) -> Template:
    settings = settings_in(folder)
    folder.mkdir(parents=True)
    make_key_file(settings.key_path, bytes(range(32)))
    migrate_database(settings)
    context = build_context(
        settings, now_ms=lambda: START_MS, entropy=SeededBytes("template").bytes
    )
    brands.add_brand(context, "示范餐厅", brand_id=BRAND)
    for store in STORES:
        brands.add_store(context, BRAND, store, name=f"{store}店", zone="Asia/Shanghai", actor=HQ)
    publish_menu(context, BRAND, "menu-0", menu_items(0), actor=HQ)
    publish_rules(context, BRAND, "rules-0", rule_book(0), actor=HQ)
    decide(context, BRAND, _first_facts(), actor=HQ)
    template = Template(
        folder=folder,
        tills=[_new_till(folder, context, number) for number in range(tills)],
        future=_future_till(context),
    )
    context.database.close()
    return template


def copy_server(template: Template, target: Path) -> None:
    target.mkdir(parents=True)
    for path in template.folder.iterdir():
        if path.is_file():
            shutil.copy(path, target)


def copy_till(template: Template, identity: Identity, target: Path) -> None:
    shutil.copytree(template.folder / identity.label, target)


def _first_facts() -> list[Fact]:
    staff: list[Fact] = [
        StaffAppointed(
            store=StoreId(store),
            staff=Staff(
                staff_id=cashier_of(store),
                name="王芳",
                role=RoleId(rights.STORE_MANAGER),
                pin_hash="$argon2id$none",
            ),
        )
        for store in STORES
    ]
    members: list[Fact] = [
        MemberEnrolled(
            member_id=MemberId(f"member-{number}"), phone=first_phone(number), name=f"客{number}"
        )
        for number in range(FIRST_MEMBERS)
    ]
    return staff + members


def _enrolled(context: Context, store: str, label: str, signer: Signer) -> Identity:
    code = enrolment.issue_code(context, BRAND, StoreId(store), label).code
    answer = enrolment.enrol(
        context,
        EnrolRequest(
            code=code,
            public_key=signer.public_key,
            proof=signer.sign(enrolment_proof(code, signer.public_key)),
            program_version="simulation",
        ),
    )
    return Identity(
        brand=answer.brand,
        brand_name=answer.brand_name,
        store=answer.store,
        store_name=answer.store_name,
        terminal=answer.terminal,
        label=answer.label,
        epoch=answer.epoch,
        time_zone=answer.time_zone,
        server_url=SERVER_URL,
        server_public_key=answer.server_public_key,
    )


def _new_till(folder: Path, context: Context, number: int) -> tuple[Identity, TillSecrets]:
    store = STORES[number % len(STORES)]
    label = f"{store}{number // len(STORES) + 1}"
    entropy = SeededBytes("template", label)
    secrets = make_secrets(entropy.bytes)
    identity = _enrolled(context, store, label, Signer(secrets.signing_seed))
    disk = Disk(folder / label, Chance(), Reached())

    opener = Opener(disk.place, secrets, clock=TillClock(World()), entropy=entropy)
    opener.create(identity).close()
    return identity, secrets


def _future_till(context: Context) -> TestTerminal:
    """A terminal of a later release; it writes its journal itself."""
    terminal = TestTerminal("future")
    identity = _enrolled(context, STORES[0], "F1", terminal.signer)
    terminal.store, terminal.terminal = identity.store, identity.terminal
    return terminal
