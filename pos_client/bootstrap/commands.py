"""The commands of the till's command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from domain.errors import ErrorCode, TillfoldError
from domain.pricing.document import LARGEST_DOCUMENT_BYTES
from pos_client.bootstrap.doctor import doctor_report
from pos_client.bootstrap.examination import examine
from pos_client.bootstrap.face import run_window
from pos_client.bootstrap.lock import only_one_till
from pos_client.bootstrap.logs import set_up_logs
from pos_client.bootstrap.machinery import TillMachinery
from pos_client.bootstrap.reconciliation import lines_of, reconciled
from pos_client.bootstrap.report import report_on
from pos_client.settings import TillSettings
from pos_client.texts.catalogue import wording_in
from pos_client.time_and_chance import SystemClock, SystemEntropy


class Statement(NamedTuple):
    """`provider` is a key of `reconciliation.PROVIDERS`."""

    file: Path
    provider: str
    day: date


def run(settings: TillSettings) -> int:
    """Open the window; answers Qt's exit code.

    Raises:
        TillfoldError: `till_already_running`, `settings_malformed`, `disk_full`, `disk_failed`.
    """
    with only_one_till(settings.data_path):
        set_up_logs(settings.log_level, settings.data_path)
        return run_window(settings)


def join(settings: TillSettings, server_url: str, code: str) -> int:
    """Join a brand without the window, as an installer does.

    Raises:
        TillfoldError: `enrolment_code_wrong`, `server_unreachable`, `till_has_own_books` …
    """
    with _machinery(settings) as machinery:
        number = machinery.counter.join_brand(server_url, code)
        print(machinery.wording.text("command.joined", number=number))
    return 0


def recover(settings: TillSettings, *, set_aside: bool) -> int:
    """Rebuild the database from the second journal, or move the old files aside.

    Raises:
        TillfoldError: `not_found` where no till has worked yet, `journal_damaged`,
            `database_key_missing`.
    """
    with _machinery(settings) as machinery:
        if machinery.is_new():
            raise TillfoldError(ErrorCode.NOT_FOUND)
        if set_aside:
            machinery.set_aside()
            print(machinery.wording.text("command.set_aside"))
        else:
            machinery.rebuild()
            print(machinery.wording.text("command.rebuilt"))
    return 0


def verify(settings: TillSettings, *, as_json: bool) -> int:
    """Check everything that this till holds, and say in words what does not hold.

    Opens the till as a start does, so what only one of its two journals holds is set right first.
    A second journal that is damaged anywhere is written anew from a sound database.

    Raises:
        TillfoldError: `not_found` where no till has worked yet; whatever keeps a till from
            starting, with what to do about it.
    """
    with _machinery(settings) as machinery:
        if machinery.is_new():
            raise TillfoldError(ErrorCode.NOT_FOUND)
        done = machinery.verify()
        report = report_on(done, machinery.wording)
    print(msgspec.json.encode(report).decode() if as_json else "\n".join(report.lines))
    return 0 if done.holds else 1


def reconcile(settings: TillSettings, statement: Statement, *, as_json: bool) -> int:
    """Compare a payment provider's statement of a day with this till's books.

    Raises:
        TillfoldError: `not_found` where no till has worked yet; `file_unreadable`,
            `file_too_large`; whatever keeps a till from starting.
    """
    with _machinery(settings) as machinery:
        if machinery.is_new():
            raise TillfoldError(ErrorCode.NOT_FOUND)
        machinery.open_only()
        report = reconciled(machinery, statement.file, statement.provider, statement.day)
        lines = lines_of(report, machinery.wording)
    print(msgspec.json.encode(report).decode() if as_json else "\n".join(lines))
    return 1 if report.findings or report.unread else 0


def doctor(settings: TillSettings, *, as_json: bool) -> int:
    """Try every device of the settings and say how it is and what to do.

    Serial devices that a running till holds answer `busy`: end it before.

    Raises:
        TillfoldError: `settings_malformed`.
    """
    report = doctor_report(examine(settings), wording_in(settings.language))
    print(msgspec.json.encode(report).decode() if as_json else "\n".join(report.lines))
    return 0 if report.well else 1


def read_input(file: str) -> bytes:
    """The document to price, from a file or, for "-", from standard input.

    Raises:
        TillfoldError: `file_unreadable`. What is too long is cut behind the limit, and refused
            where it is read.
    """
    most = LARGEST_DOCUMENT_BYTES + 1
    try:
        if file == "-":
            return sys.stdin.buffer.read(most)
        with Path(file).open("rb") as opened:
            return opened.read(most)
    except OSError as error:
        raise TillfoldError(ErrorCode.FILE_UNREADABLE) from error


@contextmanager
def _machinery(settings: TillSettings) -> Iterator[TillMachinery]:
    with only_one_till(settings.data_path):
        machinery = TillMachinery(
            settings,
            wording_in(settings.language),
            clock=SystemClock(),
            entropy=SystemEntropy(),
        )
        try:
            yield machinery
        finally:
            machinery.close()
