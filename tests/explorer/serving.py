"""A server in a thread, what it shows, and questions to it without a browser."""

import http.client
import json
import threading
import time
from contextlib import suppress
from unittest.mock import patch
from urllib.parse import urlencode, urlsplit

import numpy as np
import uvicorn

from stridewise.datasets import read_image
from stridewise.explorer import server
from stridewise.explorer.exhibit import Exhibit
from stridewise.explorer.subjects import Subject
from stridewise.networks import digits_convnet


def subject():
    """A network that recognises nothing, at work on a ramp; it takes images of 8 x 8."""
    ramp = np.linspace(-1, 1, 64, dtype=np.float32).reshape(1, 8, 8, 1)
    labels = [f"digit {n}" for n in range(10)]
    return Subject(
        digits_convnet(seed=5),
        (ramp,),
        "digits",
        labels,
        element=2,
        read=lambda file: read_image(file, (8, 8), 1)[None],
    )


_RUNNING = []


class _Kept(uvicorn.Server):
    """A server that can be stopped from outside."""

    def __init__(self, *settings):
        super().__init__(*settings)
        _RUNNING.append(self)


def serving(shown):
    """The address of a server in a thread, until all of them are stopped."""
    found, ready = [], threading.Event()

    def opened(address):
        found.append(address)
        ready.set()

    thread = threading.Thread(target=server.serve, args=(Exhibit(shown), opened), daemon=True)
    with patch.object(uvicorn, "Server", _Kept):
        before = len(_RUNNING)
        thread.start()
        assert ready.wait(20)
        while len(_RUNNING) == before:
            time.sleep(0.01)
    return found[0]


def stop_all():
    """Each has some threads, and they their share of the addresses: it would add up."""
    for each in _RUNNING:
        each.should_exit = True
    _RUNNING.clear()


def token_of(address):
    return urlsplit(address).query.removeprefix("token=")


def answer_to(address, path, headers=None, method="GET", body=None):
    """The answer to one request, whose path has its own query, and the content of the answer."""
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=20)
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # it answers before it has all
            connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def post(address, kind, body=b"", headers=None, **options):
    """Status of a change that is asked for, and the words or the document of the answer."""
    query = urlencode({"token": token_of(address)} | options)
    answer, content = answer_to(address, f"/{kind}?{query}", headers, "POST", body)
    is_document = answer.headers["Content-Type"].startswith("application/json")
    return answer.status, json.loads(content) if is_document else content.decode()


def shown_by(address):
    """The document of what is shown now."""
    return json.loads(answer_to(address, f"/trace?token={token_of(address)}")[1])
