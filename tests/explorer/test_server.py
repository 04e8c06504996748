"""The server: who gets an answer, and what is in it."""

import json
from urllib.parse import urlsplit

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.networks import digits_convnet
from stridewise.traces import record_network
from tests.explorer.serving import answer_to, serving


@pytest.fixture(scope="module")
def running():
    """A server in a thread, its address, and its trace."""
    trace = record_network(digits_convnet(), np.ones((1, 8, 8, 1), np.float32))
    return urlsplit(serving(trace)), trace


def ask(running, path, headers=None, method="GET"):
    address, _ = running
    return answer_to(address.geturl(), path, headers, method)


def test_it_listens_on_this_machine_alone(running):
    address, _ = running
    assert address.hostname == "127.0.0.1"
    assert len(address.query.removeprefix("token=")) >= 20


def test_the_page(running):
    address, _ = running
    answer, content = ask(running, f"/?{address.query}")
    assert answer.status == 200
    assert b'import "stridewise/main"' in content
    rules = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert "unsafe" not in rules
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer, content = ask(running, "/page/grid.js")
    assert (answer.status, answer.headers["Content-Type"]) == (
        200,
        "text/javascript; charset=utf-8",
    )


@pytest.mark.parametrize("path", ["/", "/trace", "/array?name=y/input", "/?token=", "/?token=x"])
def test_nothing_without_the_token(running, path):
    answer, content = ask(running, path)
    assert (answer.status, content) == (403, b"The address lacks its token.")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.2"])
def test_nothing_under_another_name(running, host):
    address, _ = running
    answer, _ = ask(running, f"/?{address.query}", {"Host": host})
    assert answer.status == 400


@pytest.mark.parametrize(
    "path", ["/page/../server.py", "/page/..%2fserver.py", "/page/%2e%2e/page.py", "/etc/passwd"]
)
def test_no_path_of_the_file_system(running, path):
    answer, _ = ask(running, path)
    assert answer.status == 404


def test_the_trace_and_its_arrays(running):
    address, trace = running
    _, content = ask(running, f"/trace?{address.query}")
    wanted = {**trace.document, "run": 0, "questions": []}
    assert json.loads(content) == json.loads(json.dumps(wanted))
    for name, array in trace.arrays.items():
        answer, content = ask(running, f"/array?{address.query}&name={name}")
        shape = json.loads(answer.headers["X-Shape"])
        assert_array_equal(np.frombuffer(content, "<f4").reshape(shape), array)
    answer, content = ask(running, f"/array?{address.query}&name=y/conv2d_1&first=3&last=5")
    assert json.loads(answer.headers["X-Shape"]) == [8, 8, 2]
    wanted = trace.arrays["y/conv2d_1"][..., 3:5]
    assert_array_equal(np.frombuffer(content, "<f4").reshape(8, 8, 2), wanted)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("name=none", 404),
        ("", 404),
        ("name=y/input&first=-1", 404),
        ("name=y/input&first=x", 400),
        ("name=y/input&last=9999999999999999999999", 200),
    ],
)
def test_questions_without_an_answer(running, query, status):
    address, _ = running
    answer, _ = ask(running, f"/array?{address.query}&{query}")
    assert answer.status == status


def test_only_reading(running):
    address, _ = running
    answer, _ = ask(running, f"/?{address.query}", method="POST")
    assert answer.status == 405
