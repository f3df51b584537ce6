"""The same client for asyncio.

from nightshift.aio import Client

async with Client("127.0.0.1:50051") as client:
    async with await client.create_session("sre/easy", seed=7) as session:
        answer = await session.restart("order_service")
"""

from nightshift.aio.client import Client
from nightshift.aio.play import PlayStream
from nightshift.aio.session import Session, StepStream

__all__ = ["Client", "PlayStream", "Session", "StepStream"]
