"""A small SMTP server that keeps every message in memory: the independent witness of what was really sent."""

import asyncio
import threading
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Mail:
    """One accepted message: its envelope's recipients and its bytes as received, without dot-stuffing."""

    recipients: list[str]
    data: bytes

    def parse(self) -> EmailMessage:
        return message_from_bytes(self.data, policy=policy.default)


class Sink:
    """`with Sink() as sink:` listens on 127.0.0.1, on a free port (`sink.port`) unless one is given."""

    def __init__(self, port: int = 0):
        self.port = port
        self.mails: list[Mail] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Sink":
        self._thread.start()
        serving = asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=2**20)
        server = asyncio.run_coroutine_threadsafe(serving, self._loop).result(10)
        self.port = server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def answer(text: str) -> None:
            writer.write(text.encode() + b"\r\n")

        answer("220 sink.example ESMTP")
        recipients: list[str] = []
        try:
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb in (b"EHLO", b"HELO"):
                    answer("250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 10000000")
                elif verb == b"RCPT":
                    recipients.append(line.split(b"<", 1)[1].split(b">", 1)[0].decode())
                    answer("250 2.1.5 ok")
                elif verb == b"DATA":
                    answer("354 go on")
                    await writer.drain()
                    self.mails.append(Mail(recipients, await _data(reader)))
                    recipients = []
                    answer("250 2.0.0 kept")
                elif verb == b"QUIT":
                    answer("221 2.0.0 bye")
                    break
                else:
                    if verb in (b"MAIL", b"RSET"):
                        recipients = []
                    answer("250 2.0.0 ok" if verb in (b"MAIL", b"RSET", b"NOOP") else "502 5.5.1 not here")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # A client that goes away in mid-message has sent none.
        finally:
            writer.close()


async def _data(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (line := await reader.readline()) != b".\r\n":
        if not line:
            raise asyncio.IncompleteReadError(b"", None)
        lines.append(line[1:] if line.startswith(b".") else line)
    return b"".join(lines)
