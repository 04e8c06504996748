"""Wrong implementations of the exercise's functions, each of which is a learner's mistake."""

from stridewise.checker.catalogue.compact import COMPACT
from stridewise.checker.catalogue.convolution import CONV_BACKWARD, CONV_FORWARD
from stridewise.checker.catalogue.padding import ZERO_PAD
from stridewise.checker.catalogue.pooling import POOL_BACKWARD, POOL_FORWARD
from stridewise.checker.catalogue.recipe import Deviation, Recipe
from stridewise.checker.catalogue.sharing import DISTRIBUTE, MASK
from stridewise.checker.catalogue.single_step import SINGLE_STEP

__all__ = ["COMPACT", "RECIPES", "Deviation", "Recipe"]

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        ZERO_PAD,
        SINGLE_STEP,
        CONV_FORWARD,
        CONV_BACKWARD,
        POOL_FORWARD,
        MASK,
        DISTRIBUTE,
        POOL_BACKWARD,
    )
}
