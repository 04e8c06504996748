"""Training: the loop, optimizers, schedules, checkpoints, and a whole run."""

from stridewise.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from stridewise.training.early_stopping import EarlyStopping
from stridewise.training.evaluation import Evaluation, evaluate
from stridewise.training.loop import EpochResult, History, Progress, fit
from stridewise.training.optimizers import (
    OPTIMIZERS,
    SGD,
    Adam,
    AdamW,
    Optimizer,
    make_optimizer,
)
from stridewise.training.run import Outcome, RunOptions, train_run
from stridewise.training.schedules import (
    SCHEDULES,
    Schedule,
    constant,
    cosine,
    make_schedule,
    step_decay,
)

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "SGD",
    "Adam",
    "AdamW",
    "Checkpoint",
    "EarlyStopping",
    "EpochResult",
    "Evaluation",
    "History",
    "Optimizer",
    "Outcome",
    "Progress",
    "RunOptions",
    "Schedule",
    "constant",
    "cosine",
    "evaluate",
    "fit",
    "load_checkpoint",
    "make_optimizer",
    "make_schedule",
    "save_checkpoint",
    "step_decay",
    "train_run",
]
