"""What till and server say to each other about spending (docs/sync.md)."""

from typing import Annotated, Final

import msgspec

from domain.allowances.rights import RightAmount, SignedAllowance, SignedReturn
from domain.allowances.subjects import Subject, SubjectId

PATH_AUTHORISE: Final = "/sync/v1/spending/authorise"
PATH_RIGHTS: Final = "/sync/v1/spending/rights"

LARGEST_WANTS: Final = 20
LARGEST_WANTED: Final = 200
LARGEST_GIVEN_BACK: Final = 500
LARGEST_RIGHTS_ANSWER: Final = 1_000

Operation = SubjectId


class Want(msgspec.Struct, frozen=True, kw_only=True):
    """`least`: what the till's own allowances do not cover; less than that is of no use."""

    subject: Subject
    amount: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]
    least: RightAmount


class AuthoriseRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One sale, not closed yet, wants to spend. The same operation again has the same answer."""

    operation_id: Operation
    wants: Annotated[tuple[Want, ...], msgspec.Meta(min_length=1, max_length=LARGEST_WANTS)]


class Held(msgspec.Struct, frozen=True, kw_only=True):
    subject: Subject
    amount: int


class AuthoriseAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All that is wanted is held, or nothing: then `short` is the first subject that lacks.

    `available` is what of it could be held. With `recalled` other tills were asked to give back
    what they keep of it: asking again soon may succeed.
    """

    granted: bool
    held: tuple[Held, ...] = ()
    short: Subject | None = None
    available: int = 0
    recalled: bool = False


class RightsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`released` are operations whose sale did not come about; `wanted` asks for allowances.

    `after` is the `number` of the last answer that the till has laid down.
    """

    after: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)] = 0
    released: Annotated[tuple[Operation, ...], msgspec.Meta(max_length=LARGEST_GIVEN_BACK)] = ()
    returned: Annotated[tuple[SignedReturn, ...], msgspec.Meta(max_length=LARGEST_GIVEN_BACK)] = ()
    wanted: Annotated[tuple[Subject, ...], msgspec.Meta(max_length=LARGEST_WANTED)] = ()


class RightsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Allowances given to this till since `after`, and those that it is asked to give back.

    `store_tills` is how many tills share the courtesies of the store. `more`: ask again.
    """

    history: str
    number: int
    allowances: tuple[SignedAllowance, ...] = ()
    recalled: tuple[str, ...] = ()
    store_tills: int = 1
    more: bool = False
