"""Every mistake has its sentences, in every language."""

import pytest

from stridewise.checker.words import LANGUAGES, chinese, convention, english, hints, message

MISTAKES = """
pads-every-axis pads-wrong-axes pads-one-side pads-with-other-value
const-ignored dims-ignored
bias-per-element bias-missing bias-twice kernel-transposed flattened-differently
bias-not-scalar array-not-number kernel-flipped mean-not-sum dot-not-multiply
stride-ignored stride-one-axis axes-swapped size-formula pad-ignored first-filter-only
first-bias-only first-example-only example-axis-dropped cache-padded window-all-channels
stride-equals-f sum-not-mean mode-ignored mode-without-branch max-from-zero
pads-zero-in-max padding-not-counted crop-at-pad-zero crop-from-corner
assigns-not-adds dw-from-unpadded dw-uses-weights da-uses-input weights-flipped-in-da
divides-by-m db-missing-axis returns-inside-loop gradient-transposed
mask-of-absolute mask-of-minimum mask-of-rows mask-not-boolean
distribute-forgets-dz distribute-undivided distribute-wrong-count distribute-mean-of-window
da-indexed-by-window mask-times-window padded-index-on-unpadded
not-recognised writes-to-input returns-nothing wrong-number-of-results
"""
IDS = MISTAKES.split()
CONVENTIONS = ["ties-first", "ties-all", "ties-last", "ties-shared", "scalar-array", "float32"]


@pytest.mark.parametrize("catalogue", [english, chinese])
def test_every_id_has_its_words_and_there_are_no_others(catalogue):
    assert sorted(catalogue.MISTAKES) == sorted(IDS)
    assert sorted(catalogue.CONVENTIONS) == sorted(CONVENTIONS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_are_short_whole_and_all_different(lang):
    sentences = [message(id, lang) for id in IDS] + [convention(id, lang) for id in CONVENTIONS]
    assert len(set(sentences)) == len(sentences)
    for sentence in sentences:
        assert sentence.endswith("。" if lang == "zh" else ".")
    said = [*sentences, *(hint for id in IDS for hint in hints(id, lang))]
    for text in said:
        assert 5 < len(text) <= 160
        assert text[-1] in ("。？" if lang == "zh" else ".?")
        assert text == text.strip()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hints_are_two_and_say_different_things(lang):
    for id in IDS:
        first, second = hints(id, lang)
        assert len({first, second, message(id, lang)}) == 3


def test_the_languages_are_what_they_say():
    for id in IDS:
        assert (message(id, "en") + "".join(hints(id, "en"))).isascii()
        for text in (message(id, "zh"), *hints(id, "zh")):
            assert any("\u4e00" <= character <= "\u9fff" for character in text)


def test_what_is_unknown_is_no_silence():
    with pytest.raises(KeyError):
        message("no-such-mistake", "en")
    with pytest.raises(KeyError):
        message("stride-ignored", "de")
