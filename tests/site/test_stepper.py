"""The convolution stepper, in Chromium: what it computes, and how it is used."""

from __future__ import annotations

import functools
import itertools
import random
import re
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hooks.glossary import read_terms
from playwright.sync_api import Locator, Page, expect

from mobilenet import cost
from tests.site.built import RECORD, ROOT

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "ko")
WORDS = {
    "back": ("Back", "이전"),
    "next": ("Next", "다음"),
    "play": ("Play", "재생"),
    "pause": ("Pause", "멈춤"),
    "reset": ("Reset", "초기화"),
    "step": ("Step", "단계"),
    "input": ("Input, channel {}, row {}, column {}", "입력, 채널 {}, {}행 {}열"),
    "filter": ("Filter 1, channel {}, row {}, column {}", "필터 1, 채널 {}, {}행 {}열"),
    "place": ("Output channel 1, row 1, column 2", "출력 채널 1, 1행 2열"),
    "end": ("Output channel 3, row 3, column 3", "출력 채널 3, 3행 3열"),
    "parameters": ("81 of 81", "81개 중 81개"),
    "mult_adds": ("729 of 729", "729번 중 729번"),
    "choices": (
        "Convolution, Input size, Channels in, Channels out, Kernel size, Stride, Padding",
        "합성곱, 입력 크기, 입력 채널 수, 출력 채널 수, 커널 크기, 스트라이드, 패딩",
    ),
}


class Stepper:
    """The element on the page that has it."""

    def __init__(self, page: Page, address: str, language: str) -> None:
        self.page = page
        page.set_viewport_size({"width": 1280, "height": 780})
        page.goto(f"{address}{language}/theory/")
        self.words = {name: words[LANGUAGES.index(language)] for name, words in WORDS.items()}
        self.element = page.locator("conv-stepper")
        self.status = self.element.get_by_role("status")
        self.alert = self.element.get_by_role("alert")
        self.element.scroll_into_view_if_needed()
        self.button("next").wait_for()

    def button(self, name: str) -> Locator:
        return self.element.get_by_role("button", name=self.words[name], exact=True)

    def choice(self, name: str) -> Locator:
        return self.element.get_by_role("combobox", name=name, exact=True)

    def field(self, table: str, *place: int) -> Locator:
        return self.element.get_by_label(self.words[table].format(*place), exact=True)


@pytest.fixture
def language() -> str:
    return "en"


@pytest.fixture
def stepper(visited: Page, address: str, language: str) -> Stepper:
    return Stepper(visited, address, language)


#: Make the choices, write numbers into the fields of the current layer's input (part 1) or
#: kernels (part 3) at a step, and return what each step shows.
GO_THROUGH = """(stepper, [choices, numbers]) => {
    const change = (element, value, event) => {
        element.value = value;
        element.dispatchEvent(new Event(event, { bubbles: true }));
    };
    const text = selector => [...stepper.querySelectorAll(selector)].map(e => e.textContent);
    const slider = stepper.querySelector("[type=range]");
    for (const [name, value] of Object.entries(choices))
        change(stepper.querySelector(`[name=${name}]`), value, "change");
    for (const [step, part, values] of numbers) {
        change(slider, step, "input");
        stepper.querySelectorAll(`.current .part:nth-child(${part}) input`)
            .forEach((field, index) => change(field, values[index], "input"));
    }
    return Array.from({ length: slider.max }, (_, index) => {
        change(slider, index + 1, "input");
        return [text("[role=status] p"), text(".current .part:last-child td"),
            text(".outputs td"), text(".outputs .used"), stepper.offsetHeight];
    });
}"""


@pytest.mark.parametrize("kind", ["standard", "depthwise", "pointwise", "separable"])
def test_numbers(stepper: Stepper, kind: str) -> None:
    """Over many settings and numbers, the steps add up to what torch gives, at its cost."""
    draw = random.Random(kind)
    torch.manual_seed(0)
    numbers = functools.partial(torch.randint, -9, 10)
    grid = itertools.product([1, 2, 3], [1, 2], [0, 1])
    for kernel, stride, padding in [(1, 1, 0), (1, 2, 0)] * 4 if kind == "pointwise" else grid:
        size, channels = draw.choice((3, 4, 5)), draw.choice((1, 2, 3))
        out = channels if kind == "depthwise" else draw.choice((1, 2, 3, 4))
        depthwise = numbers((channels, 1, kernel, kernel))
        pointwise = numbers((out, channels, 1, 1))
        standard = numbers((out, channels, kernel, kernel))
        weights = {"depthwise": [depthwise], "separable": [depthwise, pointwise]}
        output = numbers((channels, size, size))
        given: list[Any] = [(1, 1, output.flatten().tolist())]
        outputs: list[int] = []
        counts: list[list[int]] = []  # the parameters and multiply-adds up to each step
        total = cost.Cost(parameters=0, mult_adds=0)
        for weight in weights.get(kind, [standard]):
            # A depthwise layer shows all of its kernels; another shows one filter at each step.
            for step, filters in enumerate([weight] if weight is depthwise else weight):
                given.append((len(outputs) + step + 1, 3, filters.flatten().tolist()))
            groups = channels if weight is depthwise else 1
            options = (1, 0) if outputs else (stride, padding)
            output = F.conv2d(output, weight, None, *options, groups=groups)
            used = weight[0].numel()
            for step in range(1, output.numel() + 1):
                parameters = total.parameters + used * min(step, len(weight))
                counts.append([parameters, total.mult_adds + used * step])
            outputs += output.flatten().tolist()
            shape = (channels, len(weight), output.shape[-1])
            total += cost.conv2d(weight.shape[-1], *shape, groups=groups)
        assert counts[-1] == [total.parameters, total.mult_adds]

        choices = {"kind": kind, "size": size, "inChannels": channels, "outChannels": out}
        choices |= {"kernel": kernel, "stride": stride, "padding": padding}
        steps = stepper.element.evaluate(GO_THROUGH, [choices, given])
        assert [value for text in steps[-1][2] for value in find_numbers(text)] == outputs
        for index, (status, products, shown, marked, _) in enumerate(steps):
            terms = [find_numbers(text) for text in products if text]
            assert all(value * weight == product for value, weight, product in terms)
            result = sum(product for *_, product in terms)
            assert [find_numbers(text) for text in marked] == [[result]]
            assert find_numbers(status[1])[-1] == result
            so_far = [find_numbers(text) for text in status[2:]]
            assert so_far == [list(pair) for pair in zip(counts[index], counts[-1], strict=True)]
            assert sum(map(bool, shown)) == index + 1
        assert len(steps) == len(outputs)


def find_numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"-?\d+", text.replace("−", "-"))]


@pytest.mark.parametrize("language", LANGUAGES)
class TestBothLanguages:
    def test_start(self, stepper: Stepper, language: str) -> None:
        """It starts with the numbers of the still picture, in the same order."""
        svg = (ROOT / "docs" / "figures" / "svg" / f"stepper.{language}.svg").read_text("utf-8")
        shown = stepper.element.evaluate("""stepper => [
            ...stepper.querySelectorAll(".layer td, .layer p, .outputs td")
        ].map(cell => cell.querySelector("input")?.value
            ?? cell.lastChild?.textContent.match(/−?\\d+$/)[0] ?? "").filter(Boolean)""")
        assert shown == re.findall(r">(−?\d+)</text>", svg)

    def test_names(self, stepper: Stepper) -> None:
        """A screen reader says what each field and each choice is."""
        fields = stepper.element.locator(".current input")
        names = fields.evaluate_all("fields => fields.map(field => field.ariaLabel)")
        words, places = stepper.words, itertools.product(range(1, 4), repeat=3)
        expected = [words[name].format(*at) for at in places for name in ("input", "filter")]
        assert sorted(names) == sorted(expected)
        for name in words["choices"].split(", "):
            expect(stepper.choice(name)).to_have_count(1)
        expect(stepper.element.get_by_role("combobox")).to_have_count(7)

    def test_keyboard(self, stepper: Stepper) -> None:
        """Tab and Enter lead through all steps; the status says the place and the counts."""
        page, words, status = stepper.page, stepper.words, stepper.status
        stepper.element.get_by_role("combobox").last.focus()
        for _ in range(2 * 3 + 4):  # the tables with fields, the slider, Back, Play and Next
            page.keyboard.press("Tab")
        expect(stepper.button("next")).to_be_focused()
        for _ in range(27):  # once more than there are next steps
            page.keyboard.press("Enter")
        expect(stepper.button("next")).to_be_focused()
        for name in ("end", "parameters", "mult_adds"):
            expect(status).to_contain_text(words[name])
        slider = stepper.element.get_by_role("slider", name=words["step"])
        for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight"):
            slider.press(key)
        expect(status).to_contain_text(words["place"])

    def test_play(self, page: Page, address: str, language: str) -> None:
        """Play goes to the end, where alone a screen reader speaks, and can be paused."""
        page.clock.install()
        stepper = Stepper(page, address, language)
        words, status = stepper.words, stepper.status
        status.evaluate(RECORD)
        stepper.button("play").press("Space")
        page.clock.run_for(5_000)
        assert page.evaluate("messages") == []
        stepper.button("pause").press("Space")
        page.clock.run_for(0)
        paused = status.inner_text()
        assert set(page.evaluate("messages")) == {paused}
        page.clock.run_for(5_000)
        assert status.inner_text() == paused

        stepper.button("play").press("Space")
        page.clock.run_for(60_000)
        expect(status).to_contain_text(words["end"])
        assert words["end"] in page.evaluate("messages.at(-1)")
        stepper.button("play").press("Space")  # again, from the start
        page.clock.run_for(2_500)
        expect(status).to_contain_text(words["place"])

    def test_mistake(self, stepper: Stepper) -> None:
        """What is no number is explained right below the field, and the last number stays."""
        field, alert = stepper.field("filter", 1, 1, 1), stepper.alert
        before = stepper.status.inner_text()
        field.fill("7")
        for text in ("abc", "", "10", "1.5", "<b>"):
            field.fill(text)
            field.press("Tab")
            expect(alert).to_contain_text(text or "−9")
            expect(alert).to_contain_text("7")
            expect(field).to_have_accessible_description(alert.inner_text())
            expect(field).to_have_value("7")
            assert stepper.status.inner_text() == before  # 7 is multiplied by the padding, 0
            box, below = field.bounding_box(), alert.bounding_box()
            assert box
            assert below
            assert 0 <= below["y"] - (box["y"] + box["height"]) < 12
        field.fill("-2")
        expect(alert).to_be_empty()
        field.press("Tab")
        expect(field).to_have_value("−2")

        # A reader who goes from the field to a button can still read it, until the step after.
        field.fill("x")
        stepper.button("next").click()
        expect(alert).to_contain_text(stepper.words["filter"].format(1, 1, 1))
        stepper.button("back").click()
        expect(alert).to_be_empty()

    def test_height(self, stepper: Stepper) -> None:
        """The height is the same at all steps of both layers."""
        stepper.element.locator("[name=kind]").select_option("separable")
        for width in (360, 1280):
            stepper.page.set_viewport_size({"width": width, "height": 780})
            *_, heights = zip(*stepper.element.evaluate(GO_THROUGH, [{}, []]), strict=True)
            assert len(heights) == 54
            assert len(set(heights)) == 1


def test_arrow_keys(stepper: Stepper) -> None:
    """In a table arrow keys lead from number to number, and Tab leads to the next table."""
    page, first = stepper.page, stepper.field("input", 1, 1, 1)
    first.focus()
    for arrow, place in {"Down": (2, 1), "Right": (2, 2), "Up": (1, 2), "Left": (1, 1)}.items():
        page.keyboard.press(f"Arrow{arrow}")
        expect(stepper.field("input", 1, *place)).to_be_focused()
    page.keyboard.press("ArrowLeft")  # there is no number
    expect(first).to_be_focused()
    page.keyboard.press("Tab")
    expect(stepper.field("filter", 1, 1, 1)).to_be_focused()
    page.keyboard.type("5")
    page.keyboard.press("Shift+Tab")
    expect(first).to_be_focused()
    expect(stepper.field("filter", 1, 1, 1)).to_have_value("5")


def test_change_number(stepper: Stepper) -> None:
    """The step is computed while a number is typed, and Reset puts all numbers back."""
    status, before = stepper.status, stepper.status.inner_text()
    stepper.field("input", 1, 1, 1).fill("-9")  # times 2
    expect(status).to_contain_text("−20 + 2 + 10 = −8")
    stepper.field("input", 2, 1, 1).fill("-9")  # times 0
    stepper.field("filter", 2, 2, 2).fill("9")
    expect(status).to_contain_text("−20 − 79 + 10 = −89")
    stepper.button("reset").click()
    assert status.inner_text() == before


def test_kernel_too_large(stepper: Stepper) -> None:
    """A kernel that fits nowhere is explained at its choice, until another choice helps."""
    kernel = stepper.choice("Kernel size")
    stepper.choice("Input size").select_option("2×2")
    expect(stepper.alert).to_be_empty()
    stepper.choice("Padding").select_option("0")
    expect(stepper.alert).to_contain_text("The 3×3 kernel is larger than the padded input, 2×2")
    expect(kernel).to_have_accessible_description(stepper.alert.inner_text())
    expect(stepper.button("next")).to_be_hidden()
    kernel.select_option("2×2")
    expect(stepper.alert).to_be_empty()
    expect(stepper.status).to_contain_text("Multiply-adds so far: 12 of 36")


def test_fixed_choices(stepper: Stepper) -> None:
    """A choice that a kind of convolution fixes is disabled, and comes back with another kind."""
    choices = [stepper.choice(name) for name in ("Kernel size", "Padding", "Channels out")]
    choices[-1].select_option("4")
    for kind, values, disabled in (
        ("pointwise", ["1", "0", "4"], [True, True, False]),
        ("depthwise", ["3", "1", "3"], [False, False, True]),
        ("standard", ["3", "1", "4"], [False, False, False]),
    ):
        stepper.choice("Convolution").select_option(kind)
        assert [choice.input_value() for choice in choices] == values
        assert [choice.is_disabled() for choice in choices] == disabled


def test_reduced_motion(stepper: Stepper) -> None:
    """For readers who want less motion, no color fades."""
    cell = stepper.element.locator("td").first
    stepper.page.emulate_media(reduced_motion="reduce")
    expect(cell).to_have_css("transition-duration", "0s")
    stepper.page.emulate_media(reduced_motion="no-preference")
    expect(cell).to_have_css("transition-duration", "0.2s")


def test_terms(site: Path) -> None:
    """The Korean words are the glossary's, and none that the glossary avoids."""
    words = (site / "ko" / "assets" / "widgets" / "stepper-words.js").read_text("utf-8")
    terms = read_terms("ko")
    assert not [word for term in terms for word in term.avoided if word in words]
    used = {"합성곱", "커널", "필터", "채널", "스트라이드", "패딩", "매개변수", "곱셈-덧셈"}
    assert {term.korean for term in terms if term.korean in words} >= used
