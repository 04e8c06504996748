"""A whole run: what it writes, and what it never touches."""

import json
import platform

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import stridewise
from stridewise.engines import use_engine
from stridewise.errors import RunError
from stridewise.training import RunOptions, evaluate, load_checkpoint, train_run
from stridewise.training import run as run_module


@pytest.fixture
def metrics(digits_run):
    return json.loads((digits_run.folder / "metrics.json").read_text())


@pytest.fixture
def parts_of(monkeypatch):
    """Run, and give the training, validation and test set that were really used."""

    def run(options, folder):
        used = {}
        fit = run_module.fit

        def spy(network, train, *, validation, **rest):
            used.update(train=train, validation=validation)
            return fit(network, train, validation=validation, **rest)

        monkeypatch.setattr(run_module, "fit", spy)
        outcome = train_run(options, folder)
        return used["train"], used["validation"], outcome.test

    return run


def images_of(dataset):
    return {image.tobytes() for image in dataset.images}


def test_what_is_in_the_folder(digits_run):
    names = sorted(path.name for path in digits_run.folder.iterdir())
    assert names == ["metrics.json", "model.json", "model.safetensors"]
    assert digits_run.outcome.folder == digits_run.folder


def test_metrics(digits_run, metrics):
    outcome = digits_run.outcome
    assert metrics["test_accuracy"] == outcome.evaluation.accuracy
    assert metrics["test_loss"] == outcome.evaluation.loss
    assert metrics["test_images"] == len(outcome.test) == 359
    assert metrics["train_seconds"] == outcome.train_seconds > 0
    assert metrics["engine"] == stridewise.engine_info().in_use
    assert metrics["ended"] == "finished"
    assert metrics["seed"] == 3
    assert metrics["versions"] == {
        "stridewise": stridewise.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }
    assert RunOptions(**metrics["options"]) == digits_run.options


def test_history_has_one_entry_an_epoch(digits_run, metrics):
    assert [entry["epoch"] for entry in metrics["history"]] == [1, 2]
    first, second = metrics["history"]
    assert second["loss"] < first["loss"]
    assert second["validation_loss"] < first["validation_loss"]
    for entry, epoch in zip(metrics["history"], digits_run.outcome.history.epochs, strict=True):
        assert entry == vars(epoch)
    assert metrics["train_seconds"] >= first["seconds"] + second["seconds"]


def test_two_epochs_are_enough_to_read_most_digits(digits_run):
    assert digits_run.outcome.evaluation.accuracy > 0.85


def test_the_checkpoint_is_the_network_that_was_tested(digits_run):
    outcome = digits_run.outcome
    back = load_checkpoint(digits_run.folder)
    batch_size = digits_run.options.batch_size  # sums differ by a rounding in other batches
    again = evaluate(back.network, outcome.test, back.normalisation, batch_size)
    assert_array_equal(again.probabilities, outcome.evaluation.probabilities)
    assert (again.loss, again.accuracy) == (outcome.evaluation.loss, outcome.evaluation.accuracy)


def test_progress_hears_of_everything(digits_run):
    kinds = [event[0] for event in digits_run.told]
    assert kinds == ["begin", *["batch"] * 40, "epoch", *["batch"] * 40, "epoch"]
    images = digits_run.told[0][1]
    assert sum(event[2] for event in digits_run.told if event[0] == "batch") == 2 * images
    assert 1797 * 0.69 < images < 1797 * 0.71


def test_no_example_is_in_two_sets(parts_of, tmp_path, digits_run):
    """All images of the digits differ, so that bytes tell examples apart."""
    train, validation, test = parts_of(RunOptions(epochs=1, augment=False), tmp_path / "run")
    sets = [images_of(part) for part in (train, validation, test)]
    assert [len(one) for one in sets] == [len(train), len(validation), len(test)]
    assert len(set.union(*sets)) == sum(map(len, sets)) == 1797
    for part in (train, validation, test):
        assert set(part.labels.tolist()) == set(range(10))


def test_normalisation_is_measured_on_the_training_images_alone(parts_of, tmp_path):
    folder = tmp_path / "run"
    train, _, _ = parts_of(RunOptions(epochs=1, augment=False), folder)
    normalisation = load_checkpoint(folder).normalisation
    assert normalisation.mean == (pytest.approx(train.images.mean(dtype=np.float64)),)
    assert normalisation.std == (pytest.approx(train.images.std(dtype=np.float64)),)


def test_another_seed_splits_otherwise(parts_of, few_digits_file, tmp_path):
    tests = [
        images_of(
            parts_of(RunOptions(str(few_digits_file), epochs=1, seed=seed), tmp_path / name)[2]
        )
        for name, seed in (("a", 0), ("b", 0), ("c", 1))
    ]
    assert tests[0] == tests[1]
    assert tests[0] != tests[2]


@pytest.mark.parametrize("inside", [[], ["metrics.json"]])
def test_an_existing_folder_is_refused_and_unharmed(few_digits_file, tmp_path, inside):
    folder = tmp_path / "run"
    folder.mkdir()
    for name in inside:
        (folder / name).write_text("precious")
    options = RunOptions(str(few_digits_file), epochs=1)
    with pytest.raises(RunError, match=r"(?s)exists already.*try:      \S*/run-2$"):
        train_run(options, folder)
    assert [path.name for path in folder.iterdir()] == inside
    assert all((folder / name).read_text() == "precious" for name in inside)


def test_a_file_of_that_name_is_refused_and_unharmed(tmp_path):
    (tmp_path / "run").write_text("precious")
    with pytest.raises(RunError, match="exists already"):
        train_run(RunOptions(epochs=1), tmp_path / "run")
    assert (tmp_path / "run").read_text() == "precious"


def test_the_name_suggested_is_free(tmp_path):
    for name in ("run.v1", "run.v1-2", "run.v1-3"):
        (tmp_path / name).mkdir()
    with pytest.raises(RunError, match=r"try:      \S*/run\.v1-4$"):
        train_run(RunOptions(epochs=1), tmp_path / "run.v1")


def test_folders_above_are_made(few_digits_file, tmp_path):
    folder = tmp_path / "a" / "b" / "run"
    train_run(RunOptions(str(few_digits_file), epochs=1), folder)
    assert (folder / "metrics.json").is_file()


def test_the_engine_in_use_is_told(few_digits_file, tmp_path):
    options = RunOptions(
        str(few_digits_file), epochs=1, network="signs_convnet", batch_size=140, augment=False
    )
    with use_engine("numpy"):
        train_run(options, tmp_path / "run")
    assert json.loads((tmp_path / "run" / "metrics.json").read_text())["engine"] == "numpy"


def test_patience_ends_a_run_with_its_best_epoch(few_digits_file, tmp_path):
    options = RunOptions(
        str(few_digits_file),
        epochs=30,
        patience=1,
        optimizer="sgd",
        learning_rate=0.1,
        schedule="constant",
        batch_size=20,
    )
    outcome = train_run(options, tmp_path / "run")
    assert outcome.history.ended == "early"
    losses = [epoch.validation_loss for epoch in outcome.history.epochs]
    assert np.argmin(losses) == len(losses) - 2
    written = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert written["ended"] == "early"
    assert len(written["history"]) == len(losses) < 30
    back = load_checkpoint(tmp_path / "run")
    assert_array_equal(back.probabilities(outcome.test.images), outcome.evaluation.probabilities)
