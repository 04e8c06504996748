"""The page and its numbers on 127.0.0.1, for whoever has the token.

Nothing in a request is ever a path of the file system: the page's files are in memory by name, and
so are the arrays. A request whose Host is not this server is refused: a page of somebody else's,
under a name that was made to mean 127.0.0.1, gets nothing. Nor does one whose Origin is another.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from stridewise.errors import StridewiseError
from stridewise.explorer.changes import Change, TooLargeError, changes, received
from stridewise.explorer.exhibit import Exhibit
from stridewise.explorer.page import page_file, policy, served

__all__ = ["application", "serve"]

HOST = "127.0.0.1"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_EARLIER = "This page shows an earlier run: something else has been opened since. Reload it."
_NO_MEMORY = "There is not enough memory for that."


def application(exhibit: Exhibit, token: str) -> Starlette:
    """The answers: the page, its files, the trace and its arrays; and what changes them."""

    def refusal(request: Request) -> Response | None:
        given = request.query_params.get("token", "")
        if not secrets.compare_digest(given.encode(), token.encode()):
            return PlainTextResponse("The address lacks its token.", 403, _HEADERS)
        origin = request.headers.get("origin")
        if origin is not None and origin != f"http://{request.headers['host']}":
            return PlainTextResponse("Another page cannot ask for this.", 403, _HEADERS)
        return None

    def guarded(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        return lambda request: refusal(request) or answer(request)

    def page(_: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        return HTMLResponse(
            served(nonce),
            headers=_HEADERS | {"Content-Security-Policy": policy(nonce, alone=False)},
        )

    def file(request: Request) -> Response:
        found = page_file(request.path_params["name"])
        if found is None:
            return PlainTextResponse("There is no such file.", 404, _HEADERS)
        text, kind = found
        return Response(text, headers=_HEADERS, media_type=kind)

    def described(_: Request) -> Response:
        return Response(
            json.dumps(exhibit.document()), headers=_HEADERS, media_type="application/json"
        )

    def array(request: Request) -> Response:
        asked = request.query_params
        try:
            run, first, last, step = (
                int(asked.get(name, default))
                for name, default in (("run", "0"), ("first", "0"), ("last", "-1"), ("step", "1"))
            )
        except ValueError:
            return PlainTextResponse("Runs, channels and steps are numbers.", 400, _HEADERS)
        found = exhibit.array(run, asked.get("name", ""), first, last, step)
        if run != exhibit.run:
            return PlainTextResponse(_EARLIER, 404, _HEADERS)
        if found is None:
            return PlainTextResponse("There is no such array.", 404, _HEADERS)
        shape, content = found
        headers = _HEADERS | {"X-Shape": json.dumps(shape)}
        return Response(content, headers=headers, media_type="application/octet-stream")

    # Bodies wait at their senders until the one before is done with: one at most is in memory.
    one_at_a_time = asyncio.Lock()
    # Always the same thread: each has memory of its own, and keeps most of it when it is free.
    at_work = ThreadPoolExecutor(1)

    def changing(change: Change, most: int) -> Callable[[Request], Awaitable[Response]]:
        # In the thread, an error ends here: on its way out it would hold on to the body.
        def changed(request: Request, content: bytes) -> Response:
            try:
                change(exhibit, request.query_params, content)
            except (StridewiseError, MemoryError) as error:
                return PlainTextResponse(str(error) or _NO_MEMORY, 400, _HEADERS)
            except Exception as error:
                logging.getLogger(__name__).exception("a request could not be answered")
                return PlainTextResponse(f"{type(error).__name__}: {error}"[:2000], 500, _HEADERS)
            return described(request)

        async def asked(request: Request) -> Response:
            refused = refusal(request)
            if refused is not None:
                return refused
            try:
                async with one_at_a_time:
                    content = await received(request, most)
                    loop = asyncio.get_running_loop()
                    return await loop.run_in_executor(at_work, changed, request, content)
            except TooLargeError as error:
                return PlainTextResponse(str(error), 413, _HEADERS)
            except ClientDisconnect:
                return PlainTextResponse("It has not come as a whole.", 400, _HEADERS)

        return asked

    return Starlette(
        routes=[
            Route("/", guarded(page)),
            Route("/page/{name}", file),
            Route("/trace", guarded(described)),
            Route("/array", guarded(array)),
            *(
                Route(f"/{name}", changing(*change), methods=["POST"])
                for name, change in changes().items()
            ),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])],
    )


def serve(exhibit: Exhibit, opened: Callable[[str], object], port: int = 0) -> None:
    """Serve until interrupted; ``opened`` is called with the address as soon as it answers."""
    token = secrets.token_urlsafe(16)
    with socket.create_server((HOST, port)) as listening:
        address = f"http://{HOST}:{listening.getsockname()[1]}/?token={token}"
        settings = uvicorn.Config(application(exhibit, token), log_level="warning")
        opened(address)  # the socket listens already: who comes before the server runs waits
        uvicorn.Server(settings).run(sockets=[listening])
