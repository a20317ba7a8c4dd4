"""A table of text cells; its words come from outside."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHeaderView, QTableView

from pos_client.widgets import tokens
from pos_client.widgets.look import Look

_ROW: Final = 48
_ROOT: Final = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class TextTable(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.headings: tuple[str, ...] = ()
        self._lines: Sequence[Sequence[str]] = ()

    def show_lines(self, lines: Sequence[Sequence[str]]) -> None:
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        return self._lines[index.row()][index.column()]

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> str | None:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return self.headings[section]


class RefusedTable(QTableView):
    """Row number, reason, content; named `refused-rows`."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("refused-rows")
        self._look = look
        self._lines = TextTable()
        self.setModel(self._lines)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(look.px(_ROW))
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setHighlightSections(False)

    def entitle(self, headings: tuple[str, ...]) -> None:
        self._lines.headings = headings
        self._lines.layoutChanged.emit()
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(0, self._look.px(tokens.SPACE_GIANT + tokens.SPACE_LARGE))

    def show_lines(self, lines: Sequence[Sequence[str]]) -> None:
        self._lines.show_lines(lines)
