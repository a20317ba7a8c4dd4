"""Structured logs: one JSON object a line, on standard error and in a file that is turned over.

Nothing here may carry personal data: loggers are given codes and numbers, never names, phones,
codes of coupons or bodies. Exceptions are logged by type and place alone: their messages may
quote what a person typed.
"""

import logging
import logging.handlers
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog

FILE_BYTES: Final = 5 * 1024 * 1024
FILES_KEPT: Final = 5
DEEPEST_FRAMES: Final = 8


class _FileOnAFullDisk(logging.handlers.RotatingFileHandler):
    """Loses a line rather than printing a traceback for each; standard error has them all."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        _, error, _ = sys.exc_info()
        if not isinstance(error, OSError):
            super().handleError(record)


def set_up_logs(level: str, directory: Path) -> None:
    """Send all logging of the process through one JSON form."""
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _describe_exception,
        ],
    )
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    in_file = _FileOnAFullDisk(
        directory / "till.log", maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"
    )
    root = logging.getLogger()
    for handler in (logging.StreamHandler(), in_file):
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(level)
    # httpx logs whole addresses at INFO.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _describe_exception(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error_type"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)[-DEEPEST_FRAMES:]
        event["error_at"] = [f"{frame.filename}:{frame.lineno}" for frame in frames]
    return event
