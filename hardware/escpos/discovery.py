"""Printers that this machine can reach, for the settings screen. Never run at start.

What is found is a place, not a promise: a serial port may have anything at its end, and laser
printers listen on port 9100 too. So nothing is sent to it here; `probe` and the test page are next.
"""

import ipaddress
import selectors
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from hardware.escpos.settings import RAW_PORT, Transport, tcp_address
from hardware.escpos.usb_printer import Backend, usb_printers
from hardware.escpos.windows_queue import Spooler, windows_queues
from hardware.serial_ports import plugged_ports
from hardware.timing import Deadline

MAX_HOSTS = 256
AT_ONCE = 64
CONNECT_MS = 400
LOOK_MS = 50
USUAL_PREFIX = 24
# An address for documentation (RFC 5737): asking for the way to it sends nothing.
FAR_ADDRESS = ("192.0.2.1", 9)


class FoundPrinter(msgspec.Struct, frozen=True):
    """`transport` and `address` as `EscposSettings` wants them; `label` for a person."""

    transport: Transport
    address: str
    label: str


def find_plugged(
    *,
    backend: Backend = None,
    device_folder: Path = Path("/dev/usb"),
    spooler: Spooler | None = None,
) -> tuple[FoundPrinter, ...]:
    """What is plugged in: USB printers, their device files, serial ports, Windows queues."""
    return (
        *(
            FoundPrinter(Transport.USB, printer.identity.text, printer.label)
            for printer in usb_printers(backend)
        ),
        *(
            FoundPrinter(Transport.FILE, str(path), path.name)
            for path in sorted(device_folder.glob("lp*"))
        ),
        *(
            FoundPrinter(Transport.SERIAL, port.usb or port.device, port.description or port.device)
            for port in plugged_ports()
        ),
        *(
            FoundPrinter(Transport.WINDOWS, queue.name, queue.name)
            for queue in windows_queues(spooler)
        ),
    )


def local_network() -> ipaddress.IPv4Network | None:
    """The 256 addresses around this machine's own; None without a network."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.connect(FAR_ADDRESS)
        own = ipaddress.IPv4Address(way.getsockname()[0])
        if not own.is_loopback:
            return ipaddress.IPv4Network((own, USUAL_PREFIX), strict=False)
    return None


def scan_network(
    network: ipaddress.IPv4Network,
    *,
    deadline: Deadline,
    port: int = RAW_PORT,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[FoundPrinter, ...]:
    """The hosts of the network that take a connection on `port`, by address.

    Stops at the deadline or soon after `cancelled`, with what it has found.

    Raises:
        ValueError: the network has more than 256 addresses.
    """
    if network.num_addresses > MAX_HOSTS:
        raise ValueError(f"{network.num_addresses} addresses; at most {MAX_HOSTS}")
    with _Scan(port, deadline) as scan:
        found = scan.run(iter(network.hosts()), cancelled)
    return tuple(
        FoundPrinter(Transport.TCP, tcp_address(str(host), port), str(host))
        for host in sorted(found)
    )


class _Scan:
    """Many connections at once, each with its own short deadline."""

    def __init__(self, port: int, deadline: Deadline) -> None:
        self._port = port
        self._deadline = deadline
        self._selector = selectors.DefaultSelector()
        self._trying: dict[socket.socket, tuple[ipaddress.IPv4Address, Deadline]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        for each in list(self._trying):
            self._leave(each)
        self._selector.close()

    def run(
        self, hosts: Iterator[ipaddress.IPv4Address], cancelled: Callable[[], bool]
    ) -> set[ipaddress.IPv4Address]:
        found: set[ipaddress.IPv4Address] = set()
        while not self._deadline.over and not cancelled():
            while len(self._trying) < AT_ONCE and (host := next(hosts, None)) is not None:
                self._try(host)
            if not self._trying:
                break
            found |= self._look()
        return found

    def _try(self, host: ipaddress.IPv4Address) -> None:
        connecting = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connecting.setblocking(False)  # noqa: FBT003 - the library's own
        connecting.connect_ex((str(host), self._port))
        self._selector.register(connecting, selectors.EVENT_WRITE)
        self._trying[connecting] = host, self._deadline.at_most(CONNECT_MS)

    def _look(self) -> set[ipaddress.IPv4Address]:
        found = set()
        for key, _ in self._selector.select(self._deadline.at_most(LOOK_MS).left_ms / 1000):
            connecting = key.fileobj
            assert isinstance(connecting, socket.socket)
            if connecting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                found.add(self._trying[connecting][0])
            self._leave(connecting)
        for connecting, (_, patience) in list(self._trying.items()):
            if patience.over:
                self._leave(connecting)
        return found

    def _leave(self, connecting: socket.socket) -> None:
        self._selector.unregister(connecting)
        del self._trying[connecting]
        connecting.close()
