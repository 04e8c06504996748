"""What is saved: a picture of the view, as SVG and as PNG, and tensors that NumPy loads."""

import io
import xml.etree.ElementTree as ElementTree
from collections import Counter

import numpy as np
import pytest

from stridewise.explorer import exported
from stridewise.traces import Trace, record_conv2d
from tests.explorer.grids import MINUS

SVG = "{http://www.w3.org/2000/svg}"
MENU = """async (extra) => {
    const { saveMenu } = await import("stridewise/saving");
    const { EmbeddedSource } = await import("stridewise/source");
    const { Grid } = await import("stridewise/grid");
    const source = new EmbeddedSource(JSON.parse(document.getElementById("content").textContent));
    const trace = await source.trace();
    const x = await source.array("y/x");
    const [rows, columns, channels] = x.shape;
    const value = (row, column) => x.data[(row * columns + column) * channels];
    const frame = [[1, 1], [1, 1]];
    const outside = (row, column) =>
        row >= 0 && row < rows && column >= 0 && column < columns ? null : { text: "0", title: "" };
    const grid = new Grid({ label: "Input", rows, columns, frame, outside, value,
        scale: trace.scales["y/x"], reached: (row, column) => row !== 3 });
    grid.mark(new Map([["0,0", { kind: "window", colour: "rgb(1 2 3)" }],
        ["1,1", { kind: "chosen" }], ["1,2", { kind: "reached" }],
        ["2,2", { kind: "winner" }], ["2,1", { kind: "tie" }]]));
    const small = new Grid({ label: "Weights <&> \\u0001", rows: 2, columns: 2,
        value: (row, column) => [[1, -1], [0, NaN]][row][column], scale: 1 });
    document.body.append(grid.element, small.element);
    document.body.append(saveMenu({ name: "x-forward/..", source, trace, texts: () => extra,
        grids: () => [grid, small],
        tensors: () => Object.keys(trace.scales).map((name) => [`all of ${name}`, name]) }));
    document.querySelectorAll(".save summary").forEach((each) => each.click());
}"""


@pytest.fixture
def trace(rng):
    return record_conv2d(rng.standard_normal((1, 4, 5, 2)), rng.standard_normal((2, 3, 2, 3)))


@pytest.fixture
def open_menu(open_page):
    """A page with a menu that saves two grids."""

    def opened(trace, texts=(), **options):
        page = open_page(trace, **options)
        page.evaluate(MENU, list(texts))
        return page

    return opened


def saved(page, button):
    """The name and the content of the file that a button saves."""
    with page.expect_download() as waiting:
        page.locator(".save").last.get_by_role("button", name=button).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def texts(picture):
    return [each.text for each in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def test_the_picture_has_every_number_of_the_grids(open_menu, trace):
    page = open_menu(trace, ["Σ = 0.25 + 0.50 & more", "= 0.75"])
    name, picture = saved(page, "SVG")
    assert name == "conv2d-x-forward.svg"
    root = ElementTree.fromstring(picture)
    assert float(root.get("width")) > 500
    assert float(root.get("height")) > 200
    found = texts(picture)
    expected = Counter(f"{v:.2f}".replace("-", MINUS) for v in trace.arrays["y/x"][..., 0].flat)
    assert not expected - Counter(found)
    for words in ("Input", "Weights <&> ", "Σ = 0.25 + 0.50 & more", "= 0.75", "NaN", "★"):
        assert words.strip() in [each.strip() for each in found]
    assert found.count("0") == 2 * 7 + 2 * 4  # the padding around 4 × 5
    assert "rows −1 to 4, columns −1 to 5 of 4 × 5" in " ".join(found)
    assert b"style=" not in picture
    assert b"href" not in picture


def test_the_picture_says_what_is_marked(open_menu, trace):
    root = ElementTree.fromstring(saved(open_menu(trace), "SVG")[1])
    shapes = list(root.iter(f"{SVG}rect"))
    weights = [each.get("fill", "").replace(",", "") for each in shapes]
    assert weights.count("rgb(1 2 3)") == 2
    assert sum(each.get("stroke-dasharray") is not None for each in shapes) == 1
    assert sum(each.get("stroke") == "#111" for each in shapes) == 5
    assert sum(each.get("fill") == "url(#hatching)" for each in shapes) == 22
    crossed = [each for each in root.iter(f"{SVG}text") if each.get("text-decoration")]
    assert len(crossed) == 5


def test_long_lines_are_broken(open_menu, trace):
    long = "Σ = " + " + ".join(["0.25"] * 100)
    for language, line in (("en-US", long), ("zh-CN", "数" * 200)):
        page = open_menu(trace, [line], locale=language)
        picture = saved(page, "SVG")[1]
        page.set_content(picture.decode().partition("\n")[2])
        width, right = page.evaluate(
            """() => [document.querySelector("svg").getBoundingClientRect().right,
                Math.max(...[...document.querySelectorAll("svg text")]
                    .map((each) => each.getBoundingClientRect().right))]"""
        )
        assert width / 2 < right <= width
        joined = "".join(each.replace(" ", "") for each in texts(picture))
        assert line.replace(" ", "") in joined


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_painting_is_the_picture(open_menu, trace, scheme):
    image = pytest.importorskip("PIL.Image")
    page = open_menu(trace, ["= 0.75"], color_scheme=scheme)
    root = ElementTree.fromstring(saved(page, "SVG")[1])
    name, content = saved(page, "PNG")
    assert name == "conv2d-x-forward.png"
    painting = image.open(io.BytesIO(content)).convert("RGB")
    assert painting.size == (2 * float(root.get("width")), 2 * float(root.get("height")))
    assert painting.getpixel((2, 2)) == (255, 255, 255)
    colours = page.evaluate(
        """() => [...document.querySelector("body > .grid").querySelectorAll("[role=gridcell]")]
            .filter((cell) => cell.dataset.row === "0" && cell.dataset.column === "3")
            .map((cell) => cell.style.backgroundColor.match(/[0-9]+/g).map(Number))"""
    )
    moved = next(each for each in root.iter(f"{SVG}g")).get("transform")
    left, top = map(float, moved.removeprefix("translate(").removesuffix(")").split())
    # The cell (0, 3) is the second row and fifth column of what is shown, below the caption.
    x, y = left + 4.5 * 42, top + 22 + 1.5 * 28
    assert painting.getpixel((int(2 * x) - 30, int(2 * y) - 18)) == tuple(colours[0])


def test_a_tensor_is_what_numpy_loads(open_menu, trace):
    rng = np.random.default_rng(5)
    shapes = {"one": (), "vector": (3,), "matrix": (1, 7), "cube": (2, 3, 4), "four": (2, 1, 3, 5)}
    arrays = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    arrays["odd"] = np.array([np.nan, np.inf, -0.0, 1e-42])
    scales = trace.document["scales"] | dict.fromkeys(arrays, 1.0)
    shown = Trace(trace.document | {"scales": scales}, {**trace.arrays, **arrays})
    page = open_menu(shown)
    # A browser stops after ten files in a row, and asks.
    for array, values in {"y/conv2d": trace.arrays["y/conv2d"], **arrays}.items():
        page.locator(".save").last.get_by_role("combobox").select_option(array)
        name, content = saved(page, "NPY")
        assert name == f"conv2d-{array.replace('/', '-')}.npy"
        loaded = np.load(io.BytesIO(content), allow_pickle=False)
        assert loaded.dtype == np.dtype("<f4")
        assert loaded.flags.c_contiguous
        np.testing.assert_array_equal(loaded, np.float32(values), strict=True)
        assert content.index(b"\n") % 64 == 63


def test_what_is_missing_is_said(open_menu, trace):
    scales = trace.document["scales"] | {"nothing": 1.0}
    page = open_menu(Trace(trace.document | {"scales": scales}, trace.arrays))
    menu = page.locator(".save").last
    menu.get_by_role("combobox").select_option("nothing")
    menu.get_by_role("button", name="NPY").click()
    menu.get_by_text("This could not be saved: there is no such tensor.").wait_for()
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_saving_from_a_frame_of_its_own(open_page, trace):
    """As in a notebook: a sandbox without an origin."""
    page = open_page(trace)
    page.goto("about:blank")  # whose policy, unlike the page's, a frame may inherit
    page.set_content('<iframe sandbox="allow-scripts allow-downloads"></iframe>')
    page.eval_on_selector("iframe", "(frame, page) => (frame.srcdoc = page)", exported(trace))
    frame = page.frames[-1]
    frame.wait_for_selector("body[data-ready=true]")
    frame.evaluate(MENU, ["= 0.75"])
    for button in ("SVG", "PNG", "NPY"):
        with page.expect_download() as waiting:
            frame.locator(".save").last.get_by_role("button", name=button).click()
        assert waiting.value.path().stat().st_size > 100


def test_a_layer_saves_what_it_shows(open_page, lenet):
    page = open_page(lenet, "layer=conv2d_1&mode=byInput&cell=3,4&output=2")
    page.locator(".save summary").click()
    options = page.get_by_label("Tensor to save").locator("option").all_inner_texts()
    assert "grad_weight/conv2d_1/weight" in options
    assert {"y/input", "y/conv2d_1", "grad/input", "grad/conv2d_1"} < set(options)
    assert not any("conv2d_2" in option for option in options)
    name, content = saved(page, "Picture (SVG)")
    assert name == "network-conv2d_1-byInput.svg"
    texts = [element.text for element in ElementTree.fromstring(content).iter(f"{SVG}text")]
    assert {"Gradient of the input", "Weights"} < set(texts)
    assert any(text.startswith("dA(1, 2) += ") for text in texts)
    page.goto(page.url.partition("#")[0] + "#layer=activation_1")
    page.get_by_text("This layer has no window").wait_for()
    page.locator(".save summary").click()
    assert saved(page, "Picture (SVG)")[0] == "network-activation_1-numbers.svg"
