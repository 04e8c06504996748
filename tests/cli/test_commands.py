"""What the commands do and print."""

import json

import pytest

from stridewise.datasets import digits
from stridewise.explorer import numbers
from stridewise.training import load_checkpoint


def test_train_writes_a_run_and_says_so(stridewise, few, tmp_path):
    ran = stridewise(
        *("train", "--data", few, "--run", "mine", "--epochs", "2", "--batch-size", "20"),
        *("--optimizer", "sgd", "--learning-rate", "0.02", "--weight-decay", "0.001"),
        *("--schedule", "step", "--no-augment", "--patience", "5", "--seed", "4"),
        *("--network", "digits_convnet", "--engine", "numpy"),
    )
    assert (ran.code, ran.err) == (0, "")
    folder = tmp_path / "mine"
    assert sorted(path.name for path in folder.iterdir()) == [
        "explorer.html",
        "metrics.json",
        "model.json",
        "model.safetensors",
        "report.html",
    ]
    assert '<a href="explorer.html">' in (folder / "report.html").read_text()
    assert 'id="content">{"trace":' in (folder / "explorer.html").read_text()
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["options"] == {
        "data": str(few),
        "test_data": None,
        "size": None,
        "network": "digits_convnet",
        "epochs": 2,
        "batch_size": 20,
        "optimizer": "sgd",
        "learning_rate": 0.02,
        "weight_decay": 0.001,
        "schedule": "step",
        "augment": False,
        "patience": 5,
        "seed": 4,
    }
    said, *lines = ran.out.splitlines()
    assert said == "engine numpy, seed 4; Ctrl-C stops and keeps the network"
    assert [line.split("  ")[0] for line in lines[:2]] == ["epoch 1/2", "epoch 2/2"]
    first = metrics["history"][0]
    assert f"loss {first['loss']:.4f}  accuracy {first['accuracy']:.2%}" in lines[0]
    facts = {line[:14].strip(): line[14:].strip() for line in lines[2:]}
    assert facts["test accuracy"] == f"{metrics['test_accuracy']:.2%}"
    assert facts["engine"] == "numpy"
    wrong = round((1 - metrics["test_accuracy"]) * 40)
    assert facts[""] == f"{wrong} wrong of 40 images never trained on"
    for name, file in (
        ("report", "report.html"),
        ("checkpoint", "model.safetensors"),
        ("metrics", "metrics.json"),
    ):
        assert facts[name] == f"mine/{file}"
    assert "Stopped by Ctrl-C" not in ran.out


def test_train_twice_gives_the_same_network(stridewise, few, tmp_path):
    for name in ("a", "b"):
        assert stridewise("train", "--data", few, "--run", name, "--epochs", "1").code == 0
    first, second = (tmp_path / name / "model.safetensors" for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


def test_train_with_a_test_set_of_its_own(stridewise, few):
    ran = stridewise("train", "--data", few, "--test-data", few, "--epochs", "1")
    assert "of 200 images never trained on" in ran.out
    assert "runs/latest/report.html" in ran.out


@pytest.mark.parametrize(("size", "shape"), [("8x6", [8, 6, 1]), ("9", [9, 9, 1])])
def test_train_on_a_folder_brought_to_size(stridewise, pictures, tmp_path, size, shape):
    for name in ("light", "ink"):
        (tmp_path / "data" / name).mkdir(parents=True)
    for path in pictures.glob("*[0-9].png"):
        kind = "ink" if path.name.startswith("ink") else "light"
        (tmp_path / "data" / kind / path.name).write_bytes(path.read_bytes())
    ran = stridewise("train", "--data", "data", "--size", size, "--epochs", "1")
    assert (ran.code, ran.err) == (0, "")
    description = json.loads((tmp_path / "runs" / "latest" / "model.json").read_text())
    assert description["network"]["inputs"] == {"input": shape}
    assert description["classes"] == ["ink", "light"]


def test_train_warns_of_the_slow_engine(stridewise, few):
    ran = stridewise("train", "--data", few, "--engine", "loops", "--epochs", "0")
    assert ran.out.splitlines() == [
        "engine loops, seed 0; Ctrl-C stops and keeps the network",
        "loops is for reading: hundreds of times slower than numpy",
    ]


@pytest.mark.parametrize("label", range(10))
def test_predict_names_the_digit(stridewise, trained, pictures, label):
    ran = stridewise("predict", trained, pictures / f"{label}.png")
    assert (ran.code, ran.err) == (0, "")
    header, *rows = ran.out.splitlines()
    assert header.split() == ["image", "class", "probability"]
    assert rows[0].split()[:2] == [str(pictures / f"{label}.png"), str(label)]
    shares = [float(row.split()[-1].rstrip("%")) for row in rows]
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 100.01


def test_predict_several_images_with_one_class_each(stridewise, trained, pictures):
    ran = stridewise("predict", trained, pictures / "7.png", pictures / "4.png", "--top", "1")
    assert [row.split()[1] for row in ran.out.splitlines()[1:]] == ["7", "4"]


def test_predict_all_classes(stridewise, trained, pictures):
    ran = stridewise("predict", trained, pictures / "7.png", "--top", "99")
    rows = [row.split() for row in ran.out.splitlines()[1:]]
    assert len(rows) == 10
    assert sum(float(row[-1].rstrip("%")) for row in rows) == pytest.approx(100, abs=0.06)


def test_predict_dark_ink_on_light_paper(stridewise, trained, pictures):
    plain = stridewise("predict", trained, pictures / "6.png").out.splitlines()[1:]
    inverted = stridewise("predict", trained, pictures / "ink-6.png", "--invert").out.splitlines()[
        1:
    ]
    assert [row.split()[-2:] for row in plain] == [row.split()[-2:] for row in inverted]


def test_predict_agrees_with_the_library(stridewise, trained, pictures):
    row = stridewise("predict", trained, pictures / "2.png", "--top", "1").out.splitlines()[1]
    images = digits().images[digits().labels == 2][3:4]
    share = load_checkpoint(trained).probabilities(images).max()
    assert float(row.split()[-1].rstrip("%")) == pytest.approx(100 * share, abs=3)


def test_engines(stridewise):
    ran = stridewise("engines")
    assert (ran.code, ran.err) == (0, "")
    first, *rest = ran.out.splitlines()
    assert first.startswith("engine in use: ")
    assert "(chosen by default)" in first
    assert "  numpy: available" in rest
    assert "  loops: available" in rest


def test_engines_says_who_chose(stridewise, monkeypatch):
    monkeypatch.setenv("STRIDEWISE_ENGINE", "loops")
    assert "in use: loops (chosen by STRIDEWISE_ENGINE)" in stridewise("engines").out


def test_a_network_too_large_for_a_page_has_no_link_to_one(stridewise, few, tmp_path, monkeypatch):
    monkeypatch.setattr(numbers, "MOST_EMBEDDED", 1000)
    ran = stridewise("train", "--data", few, "--run", "mine", "--epochs", "1")
    assert (ran.code, ran.err) == (0, "")
    assert not (tmp_path / "mine" / "explorer.html").exists()
    assert "explorer" not in (tmp_path / "mine" / "report.html").read_text()
