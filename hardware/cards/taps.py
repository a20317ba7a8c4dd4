"""What a card on a reader can turn out to be."""

import msgspec


class CardSeen(msgspec.Struct, frozen=True):
    card: str

    def __repr__(self) -> str:
        """Never the number."""
        return f"CardSeen(length={len(self.card)})"


class CardChanges(msgspec.Struct, frozen=True):
    """A phone or another device that shows another number at each tap."""


class CardUnreadable(msgspec.Struct, frozen=True):
    """It was taken away too soon, or has no UID."""


CardTap = CardSeen | CardChanges | CardUnreadable
