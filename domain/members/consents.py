"""Consent, one purpose at a time: a withdrawal wins over a giving that did not know of it."""

from enum import StrEnum
from typing import Final

import msgspec

from domain.origins import Origin, StampedText, later

LONGEST_VERSION: Final = 40


class ConsentPurpose(StrEnum):
    TERMS = "terms"
    MARKETING_SMS = "marketing_sms"
    MARKETING_WECHAT = "marketing_wechat"
    MARKETING_EMAIL = "marketing_email"
    MARKETING_PHONE = "marketing_phone"
    PROFILING = "profiling"
    SHARING = "sharing"


class Consent(msgspec.Struct, frozen=True, array_like=True):
    """`given` is the latest giving with the version of the text that was agreed to.

    `withdrawn` is the latest withdrawal, `answered` the latest one that any giving named.
    """

    given: StampedText | None = None
    withdrawn: Origin | None = None
    answered: Origin | None = None

    @property
    def stands(self) -> bool:
        """Given, and the latest withdrawal is the one that was answered."""
        return self.given is not None and self.withdrawn == self.answered


def give(
    consent: Consent | None, origin: Origin, version: str, *, answers: Origin | None
) -> Consent:
    return join_consents(consent or Consent(), Consent(StampedText(origin, version), None, answers))


def withdraw(consent: Consent | None, origin: Origin) -> Consent:
    return join_consents(consent or Consent(), Consent(None, origin))


def join_consents(one: Consent, other: Consent) -> Consent:
    givings = [given for given in (one.given, other.given) if given is not None]
    return Consent(
        max(givings, default=None),
        later(one.withdrawn, other.withdrawn),
        later(one.answered, other.answered),
    )
