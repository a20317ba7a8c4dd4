"""What the guest sees, as one frozen value; every text is ready to be shown."""

from enum import StrEnum
from typing import Annotated

import msgspec

from pos_client.widgets.faces import CartLine

MAX_QR_LENGTH = 700

QrText = Annotated[str, msgspec.Meta(max_length=MAX_QR_LENGTH)]


class GuestMode(StrEnum):
    """`idle`: nobody is being served. `order`: dishes are taken. `paying`, `done`: as named."""

    IDLE = "idle"
    ORDER = "order"
    PAYING = "paying"
    DONE = "done"


class GuestQr(msgspec.Struct, frozen=True):
    """A code to be scanned by the guest, and one sentence about it."""

    content: QrText
    caption: str


class GuestCodes(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say the guest may scan; empty: nothing."""

    enrolment: QrText = ""
    payment: QrText = ""


class GuestState(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is masked; `figure` is the large one at the bottom: amount due, or change.

    What stands from `list_words` to `extras` says how the amount due adds up.
    """

    mode: GuestMode
    store: str
    name: str = ""
    points: str = ""
    lines: tuple[CartLine, ...] = ()
    list_words: str = ""
    list_amount: str = ""
    saving_words: str = ""
    saving: str = ""
    extras: str = ""
    figure_words: str = ""
    figure: str = ""
    note: str = ""
    qr: GuestQr | None = None
