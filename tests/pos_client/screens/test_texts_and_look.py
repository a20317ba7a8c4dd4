"""Every text is there in both languages, every text is used, every colour can be read."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from domain.orders import TenderKind
from domain.wording import Language, shared_texts
from hardware.ports import DeviceReason
from pos_client.screens.imports.state import ImportKind
from pos_client.screens.recovery.presenter import RecoveryAction
from pos_client.texts.catalogue import texts_in
from pos_client.use_cases.answers import Connection
from pos_client.widgets.look import Look
from pos_client.widgets.tokens import SCHEMES, Scheme

CLIENT = Path(__file__).parents[3] / "pos_client"
CHINESE, ENGLISH = texts_in(Language.CHINESE), texts_in(Language.ENGLISH)
FAMILIES = {
    "device": [reason.value for reason in DeviceReason],
    "tender": [kind.value for kind in TenderKind],
    "connection_long": [connection.value for connection in Connection],
    "imports_explanation": [kind.value for kind in ImportKind],
    "recovery_action": [action.value for action in RecoveryAction],
    "recovery_explanation": [action.value for action in RecoveryAction],
    "weekday": [str(day) for day in range(1, 8)],
}


def strings_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def all_strings() -> set[str]:
    files = CLIENT.rglob("*.py")
    return {text for path in files for text in strings_in(ast.parse(path.read_text("utf-8")))}


def calls_of_text() -> Iterator[tuple[str, frozenset[str] | None]]:
    """Keys written out at `text(...)`, with the names of the values given; None for `**`."""
    for path in CLIENT.rglob("*.py"):
        if path.is_relative_to(CLIENT / "storage"):
            continue  # `text` is SQLAlchemy's there, and nothing is said to people
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = name == "text" or (isinstance(node.func, ast.Name) and node.func.id == "text")
            first = node.args[0]
            if called and isinstance(first, ast.Constant) and isinstance(first.value, str):
                names = [keyword.arg for keyword in node.keywords]
                yield (
                    first.value,
                    None if None in names else frozenset(name for name in names if name),
                )


def families_used() -> set[str]:
    """What stands before a value in a composed key, as `device` in f"device.{reason}"."""
    prefixes = set()
    for path in CLIENT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                prefixes.add(str(node.values[0].value))
    return prefixes


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    assert CHINESE.keys() == ENGLISH.keys()
    assert {key for key in CHINESE if places(CHINESE[key]) != places(ENGLISH[key])} == set()


def test_every_text_asked_for_is_there_and_gets_the_values_it_wants() -> None:
    known = {**shared_texts(Language.CHINESE), **CHINESE}
    calls = list(calls_of_text())
    assert len(calls) > 100
    assert [key for key, _ in calls if key not in known] == []
    assert [
        (key, names)
        for key, names in calls
        if names is not None and places(known[key]) != set(names)
    ] == []


def test_every_value_of_a_composed_key_has_its_text() -> None:
    missing = [
        f"{family}.{value}"
        for family, values in FAMILIES.items()
        for value in values
        if f"{family}.{value}" not in CHINESE
    ]
    assert missing == []


def test_no_text_is_left_over() -> None:
    strings, families = all_strings(), families_used()
    unused = [
        key
        for key in CHINESE
        if key not in strings and not any(p and key.startswith(p) for p in families if "." in p)
    ]
    assert unused == []


def luminance(colour: str) -> float:
    made = QColor(colour)
    channels = (made.redF(), made.greenF(), made.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", Scheme)
def test_every_text_can_be_read_on_its_ground(scheme: Scheme) -> None:
    c = SCHEMES[scheme]
    pairs = [
        (ink, ground)
        for ink in (c.ink, c.ink_muted)
        for ground in (c.surface, c.surface_raised, c.surface_sunken)
    ]
    pairs += [
        (c.ink_on_accent, c.accent),
        (c.ink_on_panel, c.panel),
        (c.accent, c.surface_raised),
        (c.accent, c.accent_wash),
        (c.accent, c.surface_sunken),
        (c.member, c.member_ground),
        (c.ink, c.danger_wash),
        (c.ink, c.warning_wash),
        (c.ink, c.positive_wash),
        (c.surface_raised, c.danger),
        (c.danger, c.surface_raised),
        (c.warning, c.surface_raised),
        (c.positive, c.surface_raised),
    ]
    assert [(ink, ground) for ink, ground in pairs if contrast(ink, ground) < 4.5] == []


@pytest.mark.parametrize("scheme", Scheme)
def test_amounts_have_the_strongest_contrast(scheme: Scheme) -> None:
    c = SCHEMES[scheme]
    grounds = [c.surface_raised, c.surface_sunken, *(tint.ground for tint in c.tints)]
    assert [ground for ground in grounds if contrast(c.ink, ground) < 7] == []


def test_keys_are_never_smaller_than_a_finger_needs() -> None:
    assert Look(dpi=96).mm(10, least=44) == 44
    assert Look(dpi=192).mm(10, least=44) == 88
    assert Look(dpi=120).mm(15, least=44) == 70
    assert Look(dpi=144).px(15) == 23
