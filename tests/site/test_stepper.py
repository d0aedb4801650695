"""The stepper of the page on theory, in Chromium: what it computes, and how it is used."""

from __future__ import annotations

import gzip
import itertools
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from playwright.sync_api import Browser, Locator, Page, expect

from mobilenet import cost
from tests.figures.test_every import contrast
from tests.pages.terms import terms
from tests.site.built import ROOT

pytestmark = pytest.mark.browser

WIDGETS = ROOT / "docs" / "theme" / "assets" / "widgets"
KINDS = ("standard", "depthwise", "pointwise", "separable")
LANGUAGES = ("en", "ko")
WORDS = {
    "en": {
        "back": "Back",
        "next": "Next",
        "play": "Play",
        "pause": "Pause",
        "reset": "Reset",
        "step": "Step",
        "input": "Input, channel 1, row 1, column 1",
        "kernel": "Filter 1, channel 1, row 1, column 1",
        "place": "Output channel 1, row 1, column 2",
        "end": "Output channel 3, row 3, column 3",
        "parameters": "81 of 81",
        "mult_adds": "729 of 729",
    },
    "ko": {
        "back": "이전",
        "next": "다음",
        "play": "재생",
        "pause": "멈춤",
        "reset": "초기화",
        "step": "단계",
        "input": "입력, 채널 1, 1행 1열",
        "kernel": "필터 1, 채널 1, 1행 1열",
        "place": "출력 채널 1, 1행 2열",
        "end": "출력 채널 3, 3행 3열",
        "parameters": "81개 중 81개",
        "mult_adds": "729번 중 729번",
    },
}

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def near(browser: Browser, address: str) -> Iterator[Open]:
    """Opens the page on theory at the stepper, as it is at first."""
    pages: dict[tuple[str, bool], Page] = {}

    def goto(language: str = "en", width: int = 1280, *, scripts: bool = True) -> Page:
        key = language, scripts
        if key not in pages:
            context = browser.new_context(java_script_enabled=scripts)
            page = pages[key] = context.new_page()
            page.set_default_timeout(10_000)
            if scripts:
                page.clock.install()
            page.goto(f"{address}{language}/theory/")
        page = pages[key]
        page.set_viewport_size({"width": width, "height": 780})
        page.locator("conv-stepper").scroll_into_view_if_needed()
        if scripts:
            button(page, WORDS[language]["reset"]).click()
        return page

    yield goto
    for page in pages.values():
        page.context.close()


def status(page: Page) -> Locator:
    return page.locator("conv-stepper").get_by_role("status")


def choice(page: Page, name: str) -> Locator:
    return page.locator("conv-stepper").get_by_role("combobox", name=name, exact=True)


def button(page: Page, name: str) -> Locator:
    return page.locator("conv-stepper").get_by_role("button", name=name, exact=True)


#: Makes a setting through the choices and the fields, goes through all steps, and notes what
#: each shows. A field is found by its label.
GO_THROUGH = """([choices, input, weights]) => {
    const stepper = document.querySelector("conv-stepper");
    const number = text => Number(text.replace("−", "-"));
    const table = (name, among = stepper) =>
        [...among.querySelectorAll("table")].filter(t => t.caption.textContent.startsWith(name));
    const cells = table => [...table.rows].map(row => [...row.cells].map(cell => {
        const said = cell.querySelector("span")?.textContent ?? "";
        return { text: cell.textContent.replace(said, ""), said };
    }));
    const write = (label, value) => {
        const field = [...stepper.querySelectorAll(".now input")].find(
            field => field.getAttribute("aria-label") === label);
        field.value = String(value);
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const slider = stepper.querySelector("[type=range]");
    const go = step => {
        slider.value = step;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
    };

    for (const [name, value] of Object.entries(choices)) {
        const select = stepper.querySelector(`select[name=${name}]`);
        if (!select.disabled) {
            select.value = value;
            select.dispatchEvent(new Event("change", { bubbles: true }));
        }
    }
    const labels = (name, channel, side) => Array.from({ length: side * side }, (_, i) =>
        `${name}, channel ${channel}, row ${Math.floor(i / side) + 1}, column ${i % side + 1}`);
    input.forEach((channel, c) => labels("Input", c + 1, channel.length).forEach((label, i) =>
        write(label, channel.flat()[i])));
    let first = 1;
    for (const [kind, weight] of weights) {
        weight.forEach((filter, n) => {
            go(first + n);
            filter.forEach((kernel, c) => {
                const [name, channel] =
                    kind === "depthwise" ? ["Kernel", n + 1] : [`Filter ${n + 1}`, c + 1];
                labels(name, channel, kernel.length).forEach((label, i) =>
                    write(label, kernel.flat()[i]));
            });
        });
        const positions = stepper.querySelector(".output table").rows.length ** 2;
        first += weight.length * positions;
    }

    const steps = [];
    for (let step = 1; step <= slider.max; step++) {
        go(step);
        const products = table("Products", stepper.querySelector(".now"))
            .flatMap(each => cells(each).flat()).filter(({ text }) => text);
        steps.push({
            status: [...stepper.querySelectorAll("[role=status] p")].map(p => p.textContent),
            products: products.map(({ text }) => number(text)),
            factors: products.map(({ said }) => said.match(/[−\\d]+/g).map(number)),
            marked: [...stepper.querySelectorAll(".outputs .used")].map(c => number(c.textContent)),
            filled: [...stepper.querySelectorAll(".outputs td")].filter(c => c.textContent).length,
        });
    }
    const outputs = [...stepper.querySelectorAll(".output")].map(output =>
        [...output.querySelectorAll("table")].map(map =>
            cells(map).map(row => row.map(({ text }) => number(text)))));
    return { steps, outputs };
}"""


@pytest.mark.parametrize("kind", KINDS)
def test_as_torch_computes(near: Open, kind: str) -> None:
    """Over kernels, strides, paddings, channels and numbers: what torch gives, at torch's cost."""
    page = near()
    draw = random.Random(kind)
    grid = list(itertools.product((1, 2, 3), (1, 2), (0, 1)))
    if kind == "pointwise":  # its kernel is 1×1, and it has no padding
        grid = [(1, stride, 0) for stride in (1, 2) for _ in range(4)]
    for kernel, stride, padding in grid:
        size, channels = draw.choice((3, 4, 5)), draw.choice((1, 2, 3))
        out = channels if kind == "depthwise" else draw.choice((1, 2, 3, 4))

        def numbers(*shape: int) -> torch.Tensor:
            values = [draw.randint(-9, 9) for _ in range(torch.Size(shape).numel())]
            return torch.tensor(values).reshape(shape)

        image = numbers(channels, size, size)
        weights: list[tuple[str, torch.Tensor]]
        if kind in ("depthwise", "separable"):
            weights = [("depthwise", numbers(channels, 1, kernel, kernel))]
            outputs = [F.conv2d(image[None], weights[0][1], None, stride, padding, groups=channels)]
            costs = [cost.depthwise_conv2d(kernel, channels, outputs[0].shape[-1])]
        if kind == "separable":
            weights.append(("pointwise", numbers(out, channels, 1, 1)))
            outputs.append(F.conv2d(outputs[0], weights[1][1]))
            costs.append(cost.pointwise_conv2d(channels, out, outputs[0].shape[-1]))
        if kind in ("standard", "pointwise"):
            weights = [(kind, numbers(out, channels, kernel, kernel))]
            outputs = [F.conv2d(image[None], weights[0][1], None, stride, padding)]
            costs = [cost.conv2d(kernel, channels, out, outputs[0].shape[-1])]

        choices = {
            "kind": kind,
            "size": size,
            "inChannels": channels,
            "outChannels": out,
            "kernel": kernel,
            "stride": stride,
            "padding": padding,
        }
        found = page.evaluate(
            GO_THROUGH,
            [choices, image.tolist(), [(name, weight.tolist()) for name, weight in weights]],
        )

        assert found["outputs"] == [output[0].tolist() for output in outputs], choices
        assert len(found["steps"]) == sum(output.numel() for output in outputs)
        total = sum(costs[1:], costs[0])
        mult_adds = 0
        for index, step in enumerate(found["steps"]):
            _, equation, parameters, multiplied = step["status"]
            assert step["products"] == [a * b for a, b in step["factors"]]
            assert step["marked"] == [sum(step["products"])] == _numbers(equation)[-1:]
            assert step["filled"] == index + 1
            mult_adds += len(step["products"])
            assert _numbers(multiplied) == [mult_adds, total.mult_adds]
            assert _numbers(parameters)[1] == total.parameters
        assert mult_adds == total.mult_adds
        assert _numbers(parameters)[0] == total.parameters


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"-?\d+", text.replace("−", "-"))]


def test_parameters_so_far(near: Open) -> None:
    """At the first position each filter is used first; after that no parameter is new."""
    page = near()
    counts = []
    for _ in range(5):
        counts.append(_numbers(status(page).locator("p").nth(2).inner_text())[0])
        button(page, "Next").click()
    assert counts == [27, 54, 81, 81, 81]


@pytest.mark.parametrize("language", LANGUAGES)
class TestBothLanguages:
    def test_without_scripts(self, near: Open, language: str) -> None:
        """With scripts off there is a picture, its caption, and nothing that does not work."""
        page = near(language, 360, scripts=False)
        stepper = page.locator("conv-stepper")
        expect(stepper.get_by_role("img")).to_be_visible()
        expect(stepper.locator("figcaption")).to_be_visible()
        assert stepper.locator("button, select, input").count() == 0

    def test_starts_as_drawn(self, near: Open, language: str) -> None:
        """What it shows first are the numbers of the still picture, in the same order."""
        still = near(language, scripts=False).locator("conv-stepper .figure text")
        drawn = [text for text in still.all_text_contents() if re.fullmatch(r"−?\d+", text)]
        shown = near(language).evaluate("""() => {
            const stepper = document.querySelector("conv-stepper");
            const cells = [...stepper.querySelectorAll(".stage td, .stage p, .outputs td")];
            return cells.map(cell => cell.querySelector("input")?.value
                ?? cell.lastChild?.textContent.match(/−?\\d+$/)[0] ?? "").filter(Boolean);
        }""")
        assert shown == drawn

    def test_with_the_keyboard(self, near: Open, language: str) -> None:
        """Tab and Enter alone lead through all of its steps; the status says where it is."""
        page, words = near(language), WORDS[language]
        page.locator("conv-stepper select").first.focus()
        for _ in range(30):
            page.keyboard.press("Tab")
            if button(page, words["next"]).evaluate("each => each === document.activeElement"):
                break
        expect(button(page, words["next"])).to_be_focused()
        for step in range(26):
            page.keyboard.press("Enter")
            if step == 2:
                expect(status(page)).to_contain_text(words["place"])
        expect(status(page)).to_contain_text(words["end"])
        expect(status(page)).to_contain_text(words["parameters"])
        expect(status(page)).to_contain_text(words["mult_adds"])
        page.keyboard.press("Enter")  # there is no next step, and the button is still there
        expect(button(page, words["next"])).to_be_focused()
        expect(status(page)).to_contain_text(words["end"])

        slider = page.locator("conv-stepper").get_by_role("slider", name=words["step"])
        slider.press("Home")
        slider.press("ArrowRight")
        slider.press("ArrowRight")
        slider.press("ArrowRight")
        expect(status(page)).to_contain_text(words["place"])

    def test_play(self, near: Open, language: str) -> None:
        """Play goes to the end by itself, reads out the end alone, and can be interrupted."""
        page, words = near(language), WORDS[language]
        page.evaluate("""() => {
            window.said = [];
            const status = document.querySelector("conv-stepper [role=status]");
            const note = () => status.ariaLive !== "off" && said.push(status.innerText);
            new MutationObserver(note).observe(status, { childList: true, subtree: true });
        }""")
        button(page, words["play"]).press("Space")
        page.clock.run_for(5_000)
        expect(status(page)).not_to_contain_text(words["end"])
        assert page.evaluate("said") == []
        button(page, words["pause"]).press("Space")
        page.clock.run_for(0)
        paused = status(page).inner_text()
        assert set(page.evaluate("said")) == {paused}
        page.clock.run_for(5_000)
        assert status(page).inner_text() == paused

        button(page, words["play"]).press("Space")
        page.clock.run_for(60_000)
        expect(status(page)).to_contain_text(words["end"])
        expect(button(page, words["play"])).to_be_visible()
        assert words["end"] in page.evaluate("said.at(-1)")
        button(page, words["play"]).press("Space")  # again, from the start
        page.clock.run_for(2_500)
        expect(status(page)).to_contain_text(words["place"])

    @pytest.mark.parametrize("written", ["abc", "", "10", "1.5", "<b>"])
    def test_no_number(self, near: Open, language: str, written: str) -> None:
        """What is no number is said right below the field, and the last good number stays."""
        page, words = near(language), WORDS[language]
        field = page.get_by_label(words["kernel"], exact=True)
        before = status(page).inner_text()
        field.fill("7")
        after = status(page).inner_text()
        field.fill(written)
        field.press("Tab")

        message = page.locator("conv-stepper").get_by_role("alert")
        expect(message).to_contain_text(written or "−9")
        expect(message).to_contain_text("7")
        assert field.get_attribute("aria-describedby") == message.get_attribute("id")
        expect(field).to_have_value("7")
        assert before == after == status(page).inner_text()  # the padding below it is zero
        box, said = field.bounding_box(), message.bounding_box()
        assert box
        assert said
        assert 0 <= said["y"] - (box["y"] + box["height"]) < 12

        # Whoever goes from the field to a button can still read it, until the step after that.
        field.fill(written)
        button(page, words["next"]).click()
        expect(message).to_contain_text(words["kernel"])
        button(page, words["back"]).click()
        expect(message).to_be_empty()

        field.fill(written)
        field.press("Tab")
        field.fill("-2")  # it goes once there is a number
        expect(message).to_be_empty()
        field.press("Tab")
        expect(field).to_have_value("−2")

    def test_named(self, near: Open, language: str) -> None:
        """Each field and each choice has a name of its own."""
        names = near(language).evaluate("""() => [
            ...document.querySelectorAll("conv-stepper .now input, conv-stepper select")
        ].map(each => each.getAttribute("aria-label") ?? each.labels[0].firstChild.textContent)""")
        assert len(names) == 27 + 27 + 7
        assert all(names)
        assert len(set(names)) == len(names)
        assert all(bool(re.search("[가-힣]", name)) == (language == "ko") for name in names)

    @pytest.mark.parametrize("width", [360, 1280])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_fits(self, near: Open, language: str, width: int, scheme: Any) -> None:
        """The largest setting fits; what is pressed is large enough, what is read stands out."""
        page = near(language, width)
        page.emulate_media(color_scheme=scheme)
        for name, value in {"kind": "separable", "size": "5", "outChannels": "4"}.items():
            page.locator(f"conv-stepper select[name={name}]").select_option(value)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        wide = "each => each.scrollWidth - each.clientWidth"
        assert page.locator("conv-stepper .stages").evaluate(wide) == 0
        found = page.evaluate("""() => {
            const parts = [...document.querySelectorAll(
                "conv-stepper .now td input, conv-stepper select, conv-stepper button, "
                + "conv-stepper [type=range], conv-stepper p, conv-stepper td, conv-stepper caption"
            )];
            return parts.map(part => {
                const { width, height } = part.getBoundingClientRect();
                const ground = getComputedStyle(document.body).backgroundColor;
                const pressed = part.matches("input, select, button");
                return { width, height, pressed, color: getComputedStyle(part).color, ground };
            });
        }""")
        for part in found:
            assert contrast(part["color"], part["ground"]) >= 4.5
            if part["pressed"]:
                assert min(part["width"], part["height"]) >= 23.9, part

    @pytest.mark.parametrize("width", [360, 1280])
    def test_keeps_its_height(self, near: Open, language: str, width: int) -> None:
        """What plays does not move what comes after it, not where one layer follows another."""
        page = near(language, width)
        page.locator("conv-stepper select").first.select_option("separable")
        heights = page.evaluate("""() => {
            const stepper = document.querySelector("conv-stepper");
            const slider = stepper.querySelector("[type=range]");
            return Array.from({ length: slider.max }, (_, step) => {
                slider.value = step + 1;
                slider.dispatchEvent(new Event("input", { bubbles: true }));
                return stepper.offsetHeight;
            });
        }""")
        assert len(heights) == 54
        assert len(set(heights)) == 1

    @pytest.mark.parametrize("width", [320, 360, 768, 1280])
    def test_takes_its_place(
        self, browser: Browser, address: str, language: str, width: int
    ) -> None:
        """When its script comes, nothing around it moves."""
        page = browser.new_page(viewport={"width": width, "height": 780})
        page.goto(f"{address}{language}/theory/")
        height = "document.querySelector('conv-stepper').offsetHeight"
        kept = page.evaluate(height)
        page.evaluate("""() => {
            window.moved = [];
            new PerformanceObserver(list => moved.push(
                ...list.getEntries().flatMap(({ sources }) => sources.map(({ node }) => node))
            )).observe({ type: "layout-shift" });
        }""")
        # What comes after it is in view when the script comes.
        page.locator("#what-is-given-up").scroll_into_view_if_needed()
        page.locator("conv-stepper select").first.wait_for()
        assert page.evaluate(height) == kept
        frames = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        page.evaluate(frames)
        # The theme's header has shifts of its own.
        in_text = "node => document.querySelector('.md-content').contains(node)"
        assert page.evaluate(f"moved.filter({in_text}).map(node => node.outerHTML)") == []
        page.close()


def test_lazy(browser: Browser, address: str) -> None:
    """Its scripts are asked for when the reader comes near, and not before."""
    page = browser.new_page(viewport={"width": 1280, "height": 780})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}en/theory/", wait_until="networkidle")
    assert not [url for url in asked if "widgets/" in url]
    page.locator("conv-stepper").scroll_into_view_if_needed()
    page.locator("conv-stepper select").first.wait_for()
    assert [url for url in asked if "widgets/" in url]
    page.close()


def test_arrow_keys(near: Open) -> None:
    """In the maps arrow keys lead from number to number, and Tab to the next map."""
    page = near()

    def focused() -> str | None:
        label: str | None = page.evaluate("document.activeElement.getAttribute('aria-label')")
        return label

    page.get_by_label("Input, channel 1, row 1, column 1").focus()
    for key, place in {
        "ArrowDown": "row 2, column 1",
        "ArrowRight": "row 2, column 2",
        "ArrowUp": "row 1, column 2",
        "ArrowLeft": "row 1, column 1",
    }.items():
        page.keyboard.press(key)
        assert focused() == f"Input, channel 1, {place}"
    page.keyboard.press("ArrowLeft")  # there is none
    assert focused() == "Input, channel 1, row 1, column 1"
    page.keyboard.press("Tab")
    assert focused() == "Filter 1, channel 1, row 1, column 1"
    page.keyboard.type("5")
    page.keyboard.press("Shift+Tab")
    assert focused() == "Input, channel 1, row 1, column 1"
    expect(page.get_by_label("Filter 1, channel 1, row 1, column 1")).to_have_value("5")


def test_a_number_changes(near: Open) -> None:
    """A changed number is computed with as it is written, and Reset puts all of them back."""
    page = near()
    before = status(page).inner_text()
    page.get_by_label("Input, channel 1, row 1, column 1").fill("9")  # times 2
    expect(status(page)).to_contain_text("16 + 2 + 10 = 28")
    page.get_by_label("Input, channel 1, row 1, column 1").fill("-9")
    expect(status(page)).to_contain_text("−20 + 2 + 10 = −8")
    page.get_by_label("Input, channel 2, row 1, column 1").fill("-9")  # times 0
    page.get_by_label("Filter 1, channel 2, row 2, column 2").fill("9")
    expect(status(page)).to_contain_text("−20 − 79 + 10 = −89")
    button(page, "Reset").click()
    assert status(page).inner_text() == before


def test_kernel_too_large(near: Open) -> None:
    """A kernel that fits nowhere is explained by its choice, and what helps is taken at once."""
    page = near()
    message = page.locator("conv-stepper").get_by_role("alert")
    choice(page, "Input size").select_option("2×2")
    expect(message).to_be_empty()
    choice(page, "Padding").select_option("0")
    expect(message).to_contain_text("The 3×3 kernel is larger than the padded input, 2×2")
    kernel = choice(page, "Kernel size")
    assert kernel.get_attribute("aria-describedby") == message.get_attribute("id")
    expect(button(page, "Next")).to_be_hidden()
    kernel.select_option("2×2")
    expect(message).to_be_empty()
    expect(status(page)).to_contain_text("Multiply-adds so far: 12 of 36")


def test_what_a_kind_fixes(near: Open) -> None:
    """A choice that a kind does not leave is shown as it is, and comes back with another kind."""
    page = near()
    kind, kernel, padding, out = (
        choice(page, name) for name in ("Convolution", "Kernel size", "Padding", "Channels out")
    )
    out.select_option("4")
    kind.select_option("pointwise")
    assert [each.input_value() for each in (kernel, padding, out)] == ["1", "0", "4"]
    assert [each.is_disabled() for each in (kernel, padding, out)] == [True, True, False]
    kind.select_option("depthwise")
    assert [each.input_value() for each in (kernel, padding, out)] == ["3", "1", "3"]
    assert [each.is_disabled() for each in (kernel, padding, out)] == [False, False, True]
    kind.select_option("standard")
    assert [each.input_value() for each in (kernel, padding, out)] == ["3", "1", "4"]


@pytest.mark.parametrize(("motion", "seconds"), [("reduce", "0s"), ("no-preference", "0.2s")])
def test_reduced_motion(near: Open, motion: Any, seconds: str) -> None:
    """Who wants less motion gets none: no color fades."""
    page = near()
    page.emulate_media(reduced_motion=motion)
    cell = page.locator("conv-stepper td").first
    assert cell.evaluate("each => getComputedStyle(each).transitionDuration") == seconds


def test_terms() -> None:
    """In Korean it has the glossary's terms, and none that the glossary avoids."""
    text = (WIDGETS / "stepper-words.js").read_text(encoding="utf-8")
    for term in terms():
        assert not [word for word in term.avoided if word in text]
    used = ("합성곱", "커널", "필터", "채널", "스트라이드", "패딩", "매개변수", "곱셈-덧셈")
    assert {term.korean for term in terms()} >= set(used)
    assert all(term in text for term in used)


def test_small() -> None:
    """Its scripts weigh at most 14 KB on the way to the reader."""
    names = ("convolution", "dom", "fields", "stage", "stepper-words", "stepper")
    scripts = [WIDGETS.parent / "widgets.js", *(WIDGETS / f"{name}.js" for name in names)]
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) <= 14_000
