"""Structured logs: one JSON object a line, on standard error and in a file that is turned over.

Nothing here may carry personal data: loggers are given codes and numbers, never names, phones,
codes of coupons or bodies.
"""

import logging
import logging.handlers
from pathlib import Path
from typing import Final

import structlog

FILE_BYTES: Final = 5 * 1024 * 1024
FILES_KEPT: Final = 5


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
            structlog.processors.format_exc_info,
        ],
    )
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    in_file = logging.handlers.RotatingFileHandler(
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
