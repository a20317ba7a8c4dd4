"""Tags by hand: each tag is a register of its own, so two people can tag at the same time."""

from collections.abc import Iterable, Mapping
from typing import Final

from domain.errors import ErrorCode, TillfoldError
from domain.imports import clean_text
from domain.origins import Mark, Origin, newest

LONGEST_TAG: Final = 30
MOST_TAGS: Final = 30
# With those that were taken off: they are kept so that an older tagging does not bring them back.
TAGS_KEPT: Final = 2 * MOST_TAGS


def mark_tags(
    held: Mapping[str, Mark], origin: Origin, tags: Iterable[str], *, standing: bool
) -> dict[str, Mark]:
    return join_tags(held, {tag: Mark(origin, standing) for tag in tags})


def join_tags(one: Mapping[str, Mark], other: Mapping[str, Mark]) -> dict[str, Mark]:
    """In each tag the later mark stands; of all marks the latest TAGS_KEPT are kept."""
    joined = dict(one)
    for tag, mark in other.items():
        joined[tag] = max(mark, joined.get(tag, mark))
    return newest(joined, TAGS_KEPT)


def standing_tags(marks: Mapping[str, Mark]) -> frozenset[str]:
    return frozenset(tag for tag, mark in marks.items() if mark.standing)


def checked_tags(texts: Iterable[str], *, held: frozenset[str]) -> tuple[str, ...]:
    """Tags that a person typed, cleaned, each once; `held` are those that the member has.

    Raises:
        TillfoldError: `tag_malformed` for an empty or too long one, `too_many_tags`.
    """
    tags = tuple(dict.fromkeys(clean_text(text) for text in texts))
    if any(not 1 <= len(tag) <= LONGEST_TAG for tag in tags):
        raise TillfoldError(ErrorCode.TAG_MALFORMED, longest=LONGEST_TAG)
    if len(held.union(tags)) > MOST_TAGS:
        raise TillfoldError(ErrorCode.TOO_MANY_TAGS, most=MOST_TAGS)
    return tags
