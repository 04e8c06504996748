"""The sentences in English: what is wrong, where to look, what to look for."""

from __future__ import annotations

__all__ = ["CONVENTIONS", "MISTAKES"]

MISTAKES: dict[str, tuple[str, str, str]] = {
    "pads-every-axis": (
        "Axes are padded that should stay: the samples or the channels get a border too.",
        "Compare the shapes before and after: which sizes have grown, and which should have?",
        "Padding has one pair of widths an axis. What should the pair of an axis be that stays?",
    ),
    "pads-wrong-axes": (
        "The border is not put around rows and columns, both of them and nothing else.",
        "Compare the shapes before and after: which two sizes have grown?",
        "The axes are samples, rows, columns, channels, counted from 0. Which are the image's?",
    ),
    "pads-one-side": (
        "The border is put on one side only.",
        "Print a small padded image: at which of its four edges is the border?",
        "The width of an axis is a pair: so much before it, so much after it.",
    ),
    "pads-with-other-value": (
        "The border is filled with something else than zeros, or the constant that was asked for.",
        "Print a small padded image, and read the numbers of its border.",
        "A padding function has several modes; which one puts a constant, and which constant?",
    ),
    "const-ignored": (
        "The border is always made of zeros: the constant that was asked for is not used.",
        "Call the function with two different constants, and compare the borders.",
        "Follow the constant from the arguments on: where should it arrive, and does it?",
    ),
    "dims-ignored": (
        "Every input is padded as if it had the same number of axes.",
        "Try a vector, a matrix, an image and a batch: which of them come out right?",
        "There is one pair of widths an axis: how many pairs does each kind of input need?",
    ),
    "bias-per-element": (
        "The bias is added to every element of the window, before the sum.",
        "How often does the bias enter the result? How often should it?",
        "Write the formula down, with its brackets: is the bias inside or outside of the sum?",
    ),
    "bias-twice": (
        "The bias is added twice.",
        "Give the bias a large value: by how much does the result grow?",
        "Which of the functions that you call adds the bias already?",
    ),
    "bias-missing": (
        "The bias is not added.",
        "Which of the arguments has no influence on your result?",
        "Set the weights to zero in your mind: what should be left of the result?",
    ),
    "bias-not-scalar": (
        "The bias is used as an array with axes, where a single number is needed.",
        "Print the shape of the bias, and the shape of what you return.",
        "An array with one element is not yet a number: which of its elements do you mean?",
    ),
    "array-not-number": (
        "An array stands where a single number is needed: for want of a sum, or in the bias.",
        "Print the shape of the bias, of the sum, and of what you return.",
        "Which axes does the sum leave over? And which element of the bias do you mean?",
    ),
    "kernel-flipped": (
        "The weights are turned around before they are multiplied, along at least one axis.",
        "Which weight meets the window's upper left element?",
        "In this course the weights lie on the window as they are, without being turned.",
    ),
    "kernel-transposed": (
        "Rows and columns of the weights are exchanged.",
        "Which weight meets the element to the right of the window's upper left one?",
        "Compare the order of the window's axes with the order of the axes of W.",
    ),
    "flattened-differently": (
        "Windows and weights are flattened in different orders, so that the wrong ones meet.",
        "Which element of the flattened window comes second, and which one of the weights?",
        "W has the axes f, f, n_C_prev, n_C: in which order are those of the windows, and of W?",
    ),
    "mean-not-sum": (
        "The products are averaged, where they should be added up.",
        "Divide the right number by yours: which size of the window do you find?",
        "Look at the function that makes one number of all the products.",
    ),
    "dot-not-multiply": (
        "Window and weights are multiplied as matrices, not element by element.",
        "What shape should the product have before it is summed?",
        "Every element of the window meets exactly one weight: which product does that?",
    ),
    "stride-ignored": (
        "The window moves one step at a time: the stride is not used.",
        "Look at where the window starts: what do its first row and column depend on?",
        "Try stride 2 on paper: at which row does the window of output row 1 start?",
    ),
    "stride-one-axis": (
        "The stride is used along one of the two axes only.",
        "Compare the lines for the window's rows with those for its columns.",
        "Rows and columns follow the same rule: what is in one of the lines and not in the other?",
    ),
    "axes-swapped": (
        "Rows and columns are mixed up; a square input hides it.",
        "Try an input with more columns than rows, and look at each h and each w.",
        "Follow one name from the shape to the loop and to the index: does it keep its axis?",
    ),
    "size-formula": (
        "The size of the output is not computed as it should be.",
        "Work the number of windows out on paper for 5 columns, a window of 3 and stride 2.",
        "Go through the formula: both sides' padding, the stride, the rounding, the first window.",
    ),
    "pad-ignored": (
        "The windows are cut from the input without its padding.",
        "Which array do you slice, and which one should you?",
        "Two arrays differ by the border of zeros: follow the names through the loops.",
    ),
    "first-filter-only": (
        "The first filter is used for every channel of the output.",
        "Compare the output's channels with one another: by what do they differ?",
        "Which axis of the weights counts the filters, and which variable should walk along it?",
    ),
    "first-bias-only": (
        "Every output channel gets the bias of the first one.",
        "Give the biases very different values: which of them arrive?",
        "There is one bias an output channel: which variable should choose it?",
    ),
    "first-example-only": (
        "All samples are computed from the first one.",
        "Give two different samples: are their results different?",
        "Which sample do you take inside the loop over the samples?",
    ),
    "example-axis-dropped": (
        "The sample's index is missing where the window is cut out: rows are taken for samples.",
        "Count the indices of the slice: there is one for each axis.",
        "An index that is left out does not leave its axis out: the next index moves up to it.",
    ),
    "cache-padded": (
        "The cache holds the padded input; the backward pass expects the input as it was given.",
        "Look at the shape of the first array in the cache.",
        "What will the backward pass do to that array first?",
    ),
    "window-all-channels": (
        "Each window takes in all channels; pooling treats every channel by itself.",
        "Compare the output's channels with one another: should they be alike?",
        "How many axes does the window have, and which channels are in it?",
    ),
    "stride-equals-f": (
        "The window moves by its own size: the stride is not used.",
        "Try a window of 3 with stride 1: do the windows overlap?",
        "Two numbers of the options are easily confused: which says how far the window moves?",
    ),
    "sum-not-mean": (
        "The window's elements are added up, where the mode asks for their average.",
        "Divide your number by the right one: which size of the window do you find?",
        "What is the average of a window in which all elements are alike?",
    ),
    "mode-ignored": (
        "Max and average give the same result: the mode is not used.",
        "Call the function with both modes, and compare.",
        "Where does your program decide between the two, and what does it compare there?",
    ),
    "mode-without-branch": (
        "One of the modes leaves zeros: no branch of the program is taken for it.",
        "Call the function with each mode by itself: which result is zero?",
        "Compare the names that the exercise has for the modes with those in your program.",
    ),
    "max-from-zero": (
        "The search for the largest element starts at zero, so negative windows come out as zero.",
        "Try a window in which all elements are negative.",
        "What should be the largest number so far, before any element was looked at?",
    ),
    "pads-zero-in-max": (
        "In max pooling the border is made of zeros, which win over negative numbers.",
        "Try pad = 1 with an input of negative numbers alone: what stands at the edges?",
        "A border must never be the largest element: which number is smaller than any other?",
    ),
    "padding-not-counted": (
        "The average leaves the border out; here its zeros count as elements of the window.",
        "Take a window at a corner: by how many elements is its sum divided?",
        "Does every window have the same number of elements, wherever it lies?",
    ),
    "crop-at-pad-zero": (
        "Without padding, cutting the border off leaves nothing.",
        "Try pad = 0, and print the shape of what is left.",
        "Put 0 for the pad into the slice that cuts the border off: where does it end?",
    ),
    "crop-from-corner": (
        "The border is cut off on the wrong side: the corner of the padded gradient is kept.",
        "At which row of the padded gradient does the input's first row lie?",
        "The padding has an upper and a left part too: what does the slice begin with?",
    ),
    "assigns-not-adds": (
        "Where windows overlap, the last one overwrites the others: their gradients must add up.",
        "Through how many windows does one element of the input act on the output?",
        "Look at the lines that write into the gradients: what becomes of what was there?",
    ),
    "dw-from-unpadded": (
        "The gradient of the weights is computed from the input without its padding.",
        "Which array did the forward pass multiply the weights with?",
        "Look at the window in the line of dW: from which array is it cut?",
    ),
    "dw-uses-weights": (
        "The gradient of the weights is computed from the weights, not from the input's window.",
        "In a product, what is the derivative by one of the two factors?",
        "Look at the line of dW: what were the weights multiplied with in the forward pass?",
    ),
    "da-uses-input": (
        "The gradient of the input is computed from the input's window, not from the weights.",
        "In a product, what is the derivative by one of the two factors?",
        "Look at the line of dA: what was the window multiplied with in the forward pass?",
    ),
    "weights-flipped-in-da": (
        "The kernel is turned around in the gradient of the input.",
        "Which weight met the window's upper left element in the forward pass?",
        "Each element of the window gets its gradient through the weight that it was under.",
    ),
    "divides-by-m": (
        "The gradients are divided by the number of samples.",
        "Divide the right number by yours: which size of the input do you find?",
        "The average over the samples belongs to the loss; dZ has it already.",
    ),
    "db-missing-axis": (
        "The gradient of the bias is not summed over all samples, rows and columns.",
        "Which outputs does one bias act on?",
        "Compare the shapes of db and b, and count the axes that dZ is summed over.",
    ),
    "returns-inside-loop": (
        "Only the first sample is computed: a return stands in the loop, or the loop is too short.",
        "Which samples have a result, and which are still zero?",
        "Look at how far the return statement is indented, and at how often the loop runs.",
    ),
    "gradient-transposed": (
        "The gradient has the right numbers at the wrong places: its axes or channels are turned.",
        "Compare element by element, not by means: where does each number turn up?",
        "Use sizes that all differ, and follow the indices from dZ to the gradient.",
    ),
    "mask-of-absolute": (
        "The mask marks the largest absolute value, not the largest value.",
        "Try a window with -5 and 3.",
        "Which of the two numbers does max pooling let through?",
    ),
    "mask-of-minimum": (
        "The mask marks the smallest element, not the largest.",
        "Try a window with 1, 2 and 3: which one is marked?",
        "Which element did max pooling let through in the forward pass?",
    ),
    "mask-of-rows": (
        "The mask marks the largest element of every row or column, not of the whole window.",
        "Count the marks in a window without ties.",
        "Over which axes is the largest element looked for?",
    ),
    "mask-not-boolean": (
        "The mask does not consist of True and False, or the window's numbers are multiplied in.",
        "Print the mask and its dtype, and what it is multiplied with.",
        "Which question about each element has yes or no for an answer?",
    ),
    "distribute-forgets-dz": (
        "The value to distribute has no influence on the result.",
        "Call the function with two different values of dz.",
        "Add the result up: what should the sum be?",
    ),
    "distribute-undivided": (
        "Every element gets the whole value, where it should get its share.",
        "Add the result up: what should the sum be?",
        "Among how many elements is the value shared?",
    ),
    "distribute-wrong-count": (
        "The value is divided by a wrong number of elements.",
        "Try the shape (2, 3): how many elements are there, and what do you divide by?",
        "Add the result up, and compare the sum with the value that came in.",
    ),
    "distribute-mean-of-window": (
        "What is spread over the window is a mean of gradients, or it is added twice.",
        "One output belongs to one window: how many elements of dA have a part in it?",
        "Look at what you hand to distribute_value, and at how often its result is added.",
    ),
    "da-indexed-by-window": (
        "dA is read at the window's corner, not at the output's row and column.",
        "Which has more rows, dA or the input? Which of the two does your index fit?",
        "Each window has one element in dA: which loop variables count the windows?",
    ),
    "mask-times-window": (
        "The mask is multiplied by a piece of dA, where one element is meant.",
        "How many outputs does one window have?",
        "Look at the shape of what the mask is multiplied with.",
    ),
    "padded-index-on-unpadded": (
        "Places in the padded input are used on an array without padding.",
        "Print the shapes of the windows at the far edge: are they all alike?",
        "For each slice ask: do these rows and columns count from the padding, or after it?",
    ),
    "not-recognised": (
        "The numbers are wrong, and no mistake that is known here explains them.",
        "Work the first wrong element out by hand, from the input given here.",
        "Make the case smaller until you can follow it: one sample, one channel, no padding.",
    ),
    "writes-to-input": (
        "The function changes an array that it was given.",
        "Compare each argument before the call and after it.",
        "Slices share their numbers with the array they come from: which line writes into one?",
    ),
    "returns-nothing": (
        "The function returns nothing.",
        "What does a function give back that ends without a return statement?",
        "Look at the last line, and at every way through the function.",
    ),
    "wrong-number-of-results": (
        "The function returns more or fewer results than it should.",
        "Read what the docstring says it returns, and count.",
        "Look at the return statement: is everything in it, in order, and nothing else?",
    ),
}

CONVENTIONS: dict[str, str] = {
    "ties-first": "Of several largest elements in a window, the first one counts.",
    "ties-all": "Of several largest elements in a window, each one counts in full.",
    "ties-last": "Of several largest elements in a window, the last one counts.",
    "ties-shared": "Several largest elements in a window share the gradient.",
    "scalar-array": "It returns an array without axes for a plain number, or the other way round.",
    "float32": "It computes in float32, so that about seven digits are right.",
}
