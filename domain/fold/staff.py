"""Staff: head office appoints anywhere, a till at its own store and nobody else's people."""

from domain.facts import StaffAppointed
from domain.fold.aggregates import StaffMember, from_head_office
from domain.origins import Origin


def fold_staff(known: StaffMember | None, origin: Origin, fact: StaffAppointed) -> StaffMember:
    if known is not None and known.store != fact.store and not from_head_office(origin):
        return known
    return StaffMember(store=fact.store, staff=fact.staff, origin=origin)
