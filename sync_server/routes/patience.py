"""How long a sender may take over a body; without an end it would hold its connection for ever."""

import asyncio

from starlette.types import Message, Receive


def with_deadline(receive: Receive, seconds: float) -> Receive:
    """`receive`, for whose reader a sender that is too slow has gone away.

    What comes behind the body is waited for without end: a live channel lasts for days.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    complete = False

    async def receive_in_time() -> Message:
        nonlocal complete
        if complete:
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        complete = not message.get("more_body", False)
        return message

    return receive_in_time
