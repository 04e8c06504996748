"""Help says everything: each command, each option, what it means and its default."""

import inspect
import re
from typing import get_args, get_type_hints

import pytest
from typer.models import ArgumentInfo, OptionInfo

from stridewise.cli.animate import animate
from stridewise.cli.bench import bench
from stridewise.cli.check import check
from stridewise.cli.engines import engines
from stridewise.cli.explore import explore
from stridewise.cli.predict import predict
from stridewise.cli.run import run
from stridewise.cli.train import train

COMMANDS = {
    command.__name__: command
    for command in (train, predict, run, explore, check, animate, bench, engines)
}


def parameters_of(command):
    """Name, help and default of each option and argument, as the source declares them."""
    hints = get_type_hints(command, include_extras=True)
    for name, parameter in inspect.signature(command).parameters.items():
        (info,) = (
            found for found in get_args(hints[name]) if isinstance(found, OptionInfo | ArgumentInfo)
        )
        shown = name if isinstance(info, ArgumentInfo) else f"--{name.replace('_', '-')}"
        yield shown, info.help, parameter.default


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_the_command_lists_all_commands(stridewise, arguments):
    ran = stridewise(*arguments)
    text = ran.out + ran.err
    assert "Usage: stridewise [OPTIONS] COMMAND" in text
    assert "Convolutional networks, one step at a time." in text
    for name, command in COMMANDS.items():
        first = command.__doc__.splitlines()[0]
        assert any(f" {name} " in line and first in line for line in text.splitlines())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_its_help(stridewise, name):
    ran = stridewise(name, "--help")
    assert ran.code == 0
    assert ran.err == ""
    assert COMMANDS[name].__doc__.splitlines()[0] in ran.out
    lines = ran.out.splitlines()
    for shown, text, default in parameters_of(COMMANDS[name]):
        assert len(text) > 10
        named = re.compile(rf" {shown}(\.\.\.)? ")  # three dots: as many as you like
        (line,) = (line for line in lines if named.search(line) and text in line)
        if isinstance(default, int | float | str) and not isinstance(default, bool):
            assert f"[default: {default}]" in line


def test_train_names_all_there_is_to_choose_from(stridewise):
    text = stridewise("train", "--help").out
    for line in (
        "One of digits_convnet, lenet5, residual, signs_convnet.",
        "One of adam, adamw, sgd.",
        "constant, cosine, step.",
        "[default: runs/latest]",
        "--no-augment",
        "Ctrl-C stops after the current batch",
    ):
        assert line in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trian"], "No such command 'trian'"),
        (["train", "--epoch-count", "3"], "No such option"),
        (["train", "--epochs", "many"], "--epochs"),
        (["predict"], "Missing argument"),
        (["predict", "run"], "Missing argument"),
        (["predict", "run", "x.png", "--top", "0"], "--top"),
        (["engines", "all"], "extra argument"),
    ],
)
def test_wrong_usage(stridewise, arguments, message):
    ran = stridewise(*arguments)
    assert ran.code == 2
    assert message in ran.err
    assert "Usage: stridewise" in ran.err
    assert ran.out == ""
