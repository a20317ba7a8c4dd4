"""A card for the virtual reader of vsmartcard: a TCP client, a two-byte length before each message.

Messages of one byte are commands of the reader (0 off, 1 on, 2 reset, 4 "send the ATR"), longer
ones APDUs. It answers GET DATA with its UID and anything else with "instruction not supported".

    python -m hardware.emulators.vpcd_card --port 35963 --uid 04A224B1C23D80
"""

import argparse
import socket
import struct
import threading
from contextlib import suppress
from typing import Final

_LENGTH: Final = struct.Struct(">H")
_SEND_ATR: Final = 4
_ATR: Final = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
_GET_UID: Final = bytes.fromhex("FFCA000000")
_OK: Final = bytes.fromhex("9000")
_NOT_SUPPORTED: Final = bytes.fromhex("6D00")
_TIMEOUT_S: Final = 5.0


class VirtualCard:
    """Put into the reader by `insert`, taken away by `remove`. `uid` None: a card without one."""

    def __init__(self, port: int, uid: bytes | None) -> None:
        self._address = ("127.0.0.1", port)
        self._uid = uid
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self.asked = 0

    def insert(self) -> None:
        """Raises OSError where no reader listens."""
        connection = socket.create_connection(self._address, timeout=_TIMEOUT_S)
        connection.settimeout(None)
        self._socket = connection
        self._thread = threading.Thread(target=self._answer, args=(connection,), daemon=True)
        self._thread.start()

    def remove(self) -> None:
        if self._socket is not None and self._thread is not None:
            with suppress(OSError):  # the reader may have gone first
                self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join(_TIMEOUT_S)
            self._socket.close()
            self._socket = self._thread = None

    def _answer(self, connection: socket.socket) -> None:
        try:
            while (message := _receive(connection)) is not None:
                if len(message) > 1:
                    self._send(connection, self._to_apdu(message))
                elif message and message[0] == _SEND_ATR:
                    self._send(connection, _ATR)
        except OSError:
            return  # the reader, or its service, has gone

    def _to_apdu(self, apdu: bytes) -> bytes:
        self.asked += 1
        if apdu[:5] == _GET_UID and self._uid is not None:
            return self._uid + _OK
        return _NOT_SUPPORTED

    @staticmethod
    def _send(connection: socket.socket, message: bytes) -> None:
        connection.sendall(_LENGTH.pack(len(message)) + message)


def _receive(connection: socket.socket) -> bytes | None:
    """One message; None where the other side has closed."""
    head = _exactly(connection, _LENGTH.size)
    return _exactly(connection, _LENGTH.unpack(head)[0]) if head is not None else None


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            return None
        data += part
    return data


def main() -> None:
    arguments = argparse.ArgumentParser(description="a card on the virtual reader of vsmartcard")
    arguments.add_argument("--port", type=int, default=35963)
    arguments.add_argument("--uid", type=bytes.fromhex, default=bytes.fromhex("04A224B1C23D80"))
    asked = arguments.parse_args()
    card = VirtualCard(asked.port, asked.uid)
    card.insert()
    input("The card lies on the reader. Enter takes it away. ")
    card.remove()


if __name__ == "__main__":
    main()
