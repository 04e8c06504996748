"""Results of every kind, for the tests of reports."""

from stridewise.checker.results import (
    FileResult,
    FirstWrong,
    FoundMistake,
    FunctionResult,
    Read,
    Trouble,
)

WRONG = FirstWrong(
    "A_prev (2, 5, 7, 3), stride 2",
    *("Z", (0, 0, 1, 0), 0.5, 1.25),
    numbers=((0.5, 0.5), (float("nan"), 2.0)),
    read=Read((2, 2), (-1, 0, 7, 8)),
)
MIXED = FileResult(
    "class/ada.py",
    {
        "zero_pad": FunctionResult("passed", conventions=("float32",)),
        "conv_single_step": FunctionResult(
            "failed",
            (FoundMistake("bias-missing", 12), FoundMistake("kernel-flipped")),
            first_wrong=FirstWrong("a (3, 3, 2)", "the result", None, "a number", "None"),
        ),
        "conv_forward": FunctionResult(
            "failed",
            (FoundMistake("stride-ignored", 31),),
            first_wrong=WRONG,
            blamed=("conv_single_step",),
        ),
        "pool_forward": FunctionResult(
            "error",
            error=Trouble("IndexError", "index 7 is out of bounds", ((48, "A[i, h] = x"),)),
        ),
        "conv_backward": FunctionResult("timeout"),
        "pool_backward": FunctionResult("missing"),
        "distribute_value": FunctionResult("failed", (FoundMistake("not-recognised"),)),
        "create_mask_from_window": FunctionResult(
            "passed", blamed=("zero_pad", "distribute_value")
        ),
    },
    protection=("memory", "network"),
)
RIGHT = FileResult("class/bob.py", {"zero_pad": FunctionResult("passed")}, protection=("memory",))
BROKEN = FileResult("class/cid.py", problem="line 3: invalid syntax")

# Of a name, a message and a source line that would do harm wherever they are not taken as text.
ATTACK = (
    "=1+1,\"';</style></pre>]]><script>alert(1)</script>&{{ 7*7 }}\x1b[31m[red]\x00\ud800\u202e"
)
HOSTILE = FileResult(
    ATTACK,
    {
        "conv_forward": FunctionResult(
            "failed",
            (FoundMistake("not-recognised"),),
            first_wrong=FirstWrong(ATTACK, ATTACK, (0,), float("nan"), ATTACK),
            error=Trouble(ATTACK, ATTACK + "\nsecond", ((1, ATTACK),)),
        )
    },
    protection=(ATTACK,),
)
HOSTILE_PROBLEM = FileResult("-" + ATTACK, problem=ATTACK * 1000)
