"""Reading what people at head office write: whole, or refused with every place that is wrong."""

from typing import TypeVar

import msgspec

from domain.rule_flaws import RulesRefusedError
from domain.strict_reading import read_strictly

Written = TypeVar("Written", bound=msgspec.Struct)


def read_written(values: object, kind: type[Written]) -> Written:
    """The record that plain values (out of JSON, TOML) stand for.

    Raises:
        RulesRefusedError: the flaws name places, never what stood there.
    """
    read = read_strictly(values, kind)
    if isinstance(read, tuple):
        raise RulesRefusedError(read)
    return read
