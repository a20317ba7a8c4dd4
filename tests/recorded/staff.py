"""The staff of the recordings; fixed salts make their hashes alike in every run."""

from domain import rights
from domain.configuration import Staff
from domain.facts import StaffAppointed
from domain.identifiers import RoleId, StoreId
from sync_server.authentication.pins import hash_pin
from tests.builders.till import CASHIER, CASHIER_PIN, MANAGER, MANAGER_PIN


def seeded_staff() -> list[StaffAppointed]:
    people = (
        (MANAGER, "王芳", rights.STORE_MANAGER, MANAGER_PIN),
        (CASHIER, "赵敏", rights.CASHIER, CASHIER_PIN),
    )
    return [
        StaffAppointed(
            store=StoreId("A"),
            staff=Staff(
                staff_id=staff_id,
                name=name,
                role=RoleId(role),
                pin_hash=hash_pin(pin, salt=staff_id.encode().ljust(16, b"-")),
            ),
        )
        for staff_id, name, role, pin in people
    ]
