"""Asking a provider: whatever goes wrong becomes an outcome, and nothing of it is logged whole."""

import logging
import socket
from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from hardware.payments.port import DeclineCode, Declined, Outcome, Unknown

T = TypeVar("T")
_log = logging.getLogger(__name__)

# Longer than any way to a server in the same country; a cashier waits for it.
CONNECT_S: Final = 2.0
_PORTS: Final = {"http": 80, "https": 443}


class NotSentError(Exception):
    """Nothing of the request left this machine."""


def check_reachable(address: str) -> None:
    """Open a connection to where requests for `address` go, and close it again.

    The libraries below do not say whether a request that failed had left; after this a failure
    counts as one that had.

    Raises:
        NotSentError: nobody is there.
    """
    url = urlsplit(address)
    proxy = None if proxy_bypass(url.netloc) else getproxies().get(url.scheme)
    where = urlsplit(proxy) if proxy else url
    port = where.port or _PORTS.get(where.scheme, 443)
    try:
        socket.create_connection((where.hostname, port), CONNECT_S).close()
    except OSError as error:
        raise NotSentError from error


def outcome_of(ask: Callable[[], T], read: Callable[[T], Outcome]) -> Outcome:
    """Ask and read the answer; answers also for every exception of the libraries in between.

    No text of an exception is kept: it may quote the request, and with it a payment code.
    """
    try:
        return read(ask())
    except NotSentError:
        return Declined(DeclineCode.NOT_SENT)
    except Exception as error:  # noqa: BLE001 - answered as unknown, and logged by its kind
        kind = type(error).__name__
        _log.warning("payment provider", extra={"error": kind})
        return Unknown(kind)
