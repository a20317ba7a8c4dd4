"""Which member an id stands for after merges: chains are followed, a circle has one answer."""

from collections.abc import Mapping

from domain.identifiers import MemberId


def canonical(aliases: Mapping[MemberId, MemberId], member_id: MemberId) -> MemberId:
    """The member that `member_id` stands for: the end of its chain.

    Two head offices apart can merge in a circle. Then the smallest id of the circle stands for all:
    ids sort by time of making, so it is the member who has been there longest.
    """
    path: dict[MemberId, None] = {}
    current = member_id
    while current not in path:
        path[current] = None
        if current not in aliases:
            return current
        current = aliases[current]
    trail = list(path)
    return min(trail[trail.index(current) :])
