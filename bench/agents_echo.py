"""The peer to come: the Microsoft 365 Agents SDK's echo agent as its quickstart has it, in an environment of its own.

It imports nothing of this project. No signature is checked, which is to the peer's advantage.
"""

import asyncio
import logging
import sys

from aiohttp import web
from microsoft_agents.authentication.msal import MsalConnectionManager
from microsoft_agents.hosting.aiohttp import CloudAdapter, jwt_authorization_middleware, start_agent_process
from microsoft_agents.hosting.core import (
    AgentApplication,
    AgentAuthConfiguration,
    Authorization,
    MemoryStorage,
    TurnContext,
    TurnState,
)


async def serve(port: int) -> None:
    """Listen until the process is ended."""
    logging.disable(logging.WARNING)  # it warns with every turn that it has no account
    anybody = AgentAuthConfiguration(anonymous_allowed=True)
    connections = MsalConnectionManager(connections_configurations={"SERVICE_CONNECTION": anybody})
    storage, adapter = MemoryStorage(), CloudAdapter(connection_manager=connections)
    rights = Authorization(storage, connections)
    agent = AgentApplication[TurnState](storage=storage, adapter=adapter, authorization=rights)

    @agent.activity("message")  # type: ignore[untyped-decorator]
    async def echo(context: TurnContext, _: TurnState) -> None:
        await context.send_activity(f"you said: {context.activity.text}")

    async def messages(request: web.Request) -> web.Response:
        return await start_agent_process(request, agent, adapter) or web.Response()

    async def ready(_: web.Request) -> web.Response:
        return web.Response()

    listening, api = web.Application(), web.Application(middlewares=[jwt_authorization_middleware])
    listening.router.add_get("/readyz", ready)
    api["agent_configuration"] = anybody
    api.router.add_post("/messages", messages)
    listening.add_subapp("/api", api)
    runner = web.AppRunner(listening, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
