"""The cost explorer, in Chromium: what it shows is what the package computes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import pytest
import torch
from data import arguments, paper, resolution
from playwright.sync_api import Browser, Locator, Page, expect
from torch import nn

from mobilenet import MobileNetV1, cost
from tests.site.built import RECORD

pytestmark = pytest.mark.browser

#: The accessible name of each field, by the field's name in an address.
LABELS = {
    "kernel": {"en": "kernel", "ko": "커널"},
    "in": {"en": "channels in", "ko": "입력 채널"},
    "out": {"en": "channels out", "ko": "출력 채널"},
    "size": {"en": "input size", "ko": "입력 크기"},
    "stride": {"en": "stride", "ko": "스트라이드"},
    "network": {"en": "network", "ko": "네트워크"},
    "alpha": {"en": "width multiplier α", "ko": "너비 배율 α"},
    "resolution": {"en": "resolution", "ko": "해상도"},
}
#: What each network is called, and its arguments.
NETWORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "mobilenet": ("MobileNet", {}),
    "standard": ("standard convolutions", {"separable": False}),
    "shallow": ("shallow network", {"shallow": True}),
}
#: What a screen reader says of MobileNet at a width multiplier of 0.5.
MESSAGES = {
    "en": "149,497,088 multiply-adds, 1,331,592 parameters. Accuracy in the paper: 63.7%.",
    "ko": "곱셈-덧셈 149,497,088회, 매개변수 1,331,592개. 논문의 정확도: 63.7%.",
}
KINDS = {"3x3 convolution": "3×3", "3x3 depthwise": "dw", "1x1 convolution": "1×1"}


class Explorer:
    """The element on a page."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page, self.language = page, language
        self.element = page.locator("cost-explorer")
        self.element.scroll_into_view_if_needed()
        self.field("kernel").wait_for()
        self.status = self.element.get_by_role("status")

    def field(self, name: str) -> Locator:
        role: Any = "combobox" if name == "network" else "spinbutton"
        return self.element.get_by_role(role, name=LABELS[name][self.language], exact=True)

    def set(self, setting: dict[str, Any]) -> None:
        for name, value in setting.items():
            field = self.field(name)
            if name == "network":
                field.select_option(value)
            else:
                field.fill(str(value))

    def values(self) -> list[str]:
        return [self.field(name).input_value() for name in LABELS]

    def address(self) -> str:
        """Return the address once it has the last change."""
        self.page.wait_for_timeout(400)
        return str(self.page.evaluate("location.href"))

    def tables(self) -> list[list[list[str]]]:
        """Return each table's caption as a row, and the rows of its body."""
        tables: list[list[list[str]]] = self.element.locator("table").evaluate_all(
            """tables => tables.map(({ caption, tBodies: [body] }) => [[caption.textContent],
                ...[...body.rows].map(row => [...row.cells].map(cell => cell.textContent))])"""
        )
        return tables


@pytest.fixture(scope="module")
def explorer(browser: Browser, address: str) -> Iterator[Explorer]:
    """Return the explorer on one page for many settings."""
    with browser.new_page(viewport={"width": 1280, "height": 900}) as page:
        page.goto(f"{address}en/multipliers/")
        yield Explorer(page)


def visit(page: Page, address: str, language: str = "en", query: str = "") -> Explorer:
    page.goto(f"{address}{language}/multipliers/{query}")
    return Explorer(page, language)


def amounts(of: cost.Cost | cost.ModelCost) -> list[str]:
    return [f"{of.mult_adds:,}", f"{of.parameters:,}"]


@cache
def model_cost(alpha: float, side: int, separable: bool, shallow: bool) -> cost.ModelCost:
    with torch.device("meta"):
        model = MobileNetV1(width_multiplier=alpha, separable=separable, shallow=shallow)
    return cost.model_cost(model, (3, side, side))


class TestNumbers:
    @pytest.mark.parametrize("kernel", [1, 3, 5])
    def test_layer(self, explorer: Explorer, kernel: int) -> None:
        """One layer costs what mobilenet.cost says, at the size that torch gives its output."""
        grid = product([(1, 1), (32, 64), (513, 7)], [1, 14, 225], [1, 2, 3])
        for (channels, filters), size, stride in grid:
            layer = nn.Conv2d(1, 1, kernel, stride, padding=kernel // 2, device="meta")
            side = layer(torch.empty(1, size, size, device="meta")).shape[-1]
            separable = cost.depthwise_separable_conv2d(kernel, channels, filters, side)
            ratio = f"{1 / float(cost.separable_ratio(kernel, filters)):.1f}"

            setting = {"kernel": kernel, "in": channels, "out": filters}
            explorer.set({**setting, "size": size, "stride": stride})
            assert explorer.tables()[0] == [
                [f"Output {side}×{side}×{filters}"],
                ["standard", *amounts(cost.conv2d(kernel, channels, filters, side))],
                ["depthwise", *amounts(cost.depthwise_conv2d(kernel, channels, side))],
                ["pointwise", *amounts(cost.pointwise_conv2d(channels, filters, side))],
                ["the two together", *amounts(separable)],
                ["standard ÷ separable", ratio, ratio],
            ]

    def test_network(self, explorer: Explorer) -> None:
        """A network and its layers cost what model_cost says, beside the paper's figures."""
        rows = paper_rows()
        assert len(rows) == 9
        whole = model_cost(1.0, 224, separable=True, shallow=False)
        grid = {*product(NETWORKS, [0.25, 0.35, 1.0], [32, 161, 224]), *rows}
        for network, alpha, side in sorted({*grid, ("mobilenet", 0.5, 160)}):
            label, given = NETWORKS[network]
            separable, shallow = "separable" not in given, "shallow" in given
            model = model_cost(alpha, side, separable, shallow)
            other = model_cost(alpha, side, not separable, shallow)
            ratio = (other.mult_adds / model.mult_adds, other.parameters / model.parameters)
            parts = model.mult_adds / whole.mult_adds, model.parameters / whole.parameters
            nothing = "none for this setting"
            figures, accuracy = rows.pop((network, alpha, side), ([nothing], nothing))

            explorer.set({"network": network, "alpha": alpha, "resolution": side})
            _, totals, layers = explorer.tables()
            assert totals == [
                [f"{label}, α = {alpha:g}, {side}×{side}"],
                [label, *amounts(model)],
                [f"{'standard' if separable else 'separable'} instead", *amounts(other)],
                ["standard ÷ separable", *(f"{r if separable else 1 / r:.1f}" for r in ratio)],
                ["of MobileNet, α = 1, 224×224", *(f"{part:.1%}" for part in parts)],
                ["in the paper", *figures],
                ["top-1 in the paper", accuracy],
            ]
            weighted = [row for row in model.rows if row.weights]
            shapes = ["{2}×{3}×{1}".format(*row.output_shape) for row in weighted[:-1]]
            others = model.parameters - sum(row.weights for row in weighted)
            assert [[name.split(" / ")[0], *numbers] for name, *numbers in layers[1:]] == [
                *(
                    [
                        KINDS.get(row.kind, "classifier"),
                        shape,
                        f"{row.mult_adds:,}",
                        f"{row.weights:,}",
                    ]
                    for shape, row in zip([*shapes, "1×1×1000"], weighted, strict=True)
                ),
                ["norm, bias", "", "0", f"{others:,}"],
            ]
        assert not rows

    def test_bars(self, explorer: Explorer) -> None:
        """The bars of a column are in proportion to its numbers."""
        explorer.set({"network": "mobilenet", "alpha": 1, "resolution": 224})
        table = explorer.element.locator("table").last
        for column in (3, 4):
            cells = table.locator(f"tbody td:nth-child({column})").evaluate_all(
                """cells => cells.map(cell => [Number(cell.innerText.replaceAll(",", "")),
                    parseFloat(getComputedStyle(cell, "::before").width)])"""
            )
            most, longest = max(cells)
            assert longest > 50
            expected = [amount / most * longest for amount, _ in cells]
            assert [width for _, width in cells] == pytest.approx(expected, abs=2.1)

    def test_korean(self, visited: Page, address: str) -> None:
        """In Korean, the paper's figures are in units of 10,000 and 100 million."""
        korean = visit(visited, address, "ko", "?network=standard")
        _, totals, layers = korean.tables()
        assert totals[5] == ["논문의 값", "48억 6600만", "2930만"]
        assert totals[6] == ["논문의 top-1 정확도", "71.7%(표 4)"]
        assert layers[0] == ["층별"]
        korean.set({"network": "mobilenet", "alpha": 0.25})
        assert korean.tables()[1][5][1:] == ["4100만", "50만"]


def paper_rows() -> dict[tuple[str, float, int], tuple[list[str], str]]:
    """Return what the explorer says of each setting of the paper's tables 4 to 7."""
    rows: dict[tuple[str, float, int], tuple[Any, list[str]]] = {}
    for number in "4567":
        for row in vars(getattr(paper, f"table{number}")).values():
            given = {**arguments(row)}
            alpha = given.pop("width_multiplier", 1.0)
            network = next(name for name, (_, value) in NETWORKS.items() if value == given)
            rows.setdefault((network, alpha, resolution(row)), (row, []))[1].append(number)
    return {
        setting: (
            [f"{amount / 1e6:g} million" for amount in (row.mult_adds, row.parameters)],
            f"{row.accuracy:.1%} (Table{'s' * (len(tables) > 1)} {', '.join(tables)})",
        )
        for setting, (row, tables) in rows.items()
    }


class TestLinks:
    def test_shared(self, visited: Page, address: str) -> None:
        """The address of a setting opens the section with it, and so does the other language."""
        explorer = visit(visited, address)
        values = ["5", "16", "24", "56", "2", "standard", "0.33", "160"]
        explorer.set(dict(zip(LABELS, values, strict=True)))
        shared, tables = explorer.address(), explorer.tables()
        assert shared.endswith("#explorer")

        visited.goto("about:blank")
        visited.goto(shared)
        explorer = Explorer(visited)
        assert (explorer.values(), explorer.tables()) == (values, tables)
        assert visited.evaluate("scrollY") > 0

        visited.locator(".md-header .md-select").hover()
        visited.get_by_role("link", name="한국어").click()
        visited.wait_for_url(re.compile("/ko/multipliers/"))
        assert Explorer(visited, "ko").values() == values

    def test_copied(self, visited: Page, address: str) -> None:
        """A link has only what differs from the defaults, and what else the address had."""
        visited.context.grant_permissions(["clipboard-read", "clipboard-write"])
        explorer = visit(visited, address, query="?from=mail")
        explorer.set({"alpha": 0.5, "resolution": 160})
        explorer.element.get_by_role("button", name="Copy a link to this setting").click()
        expect(explorer.status).to_have_text("Link copied")
        link = f"{address}en/multipliers/?from=mail&alpha=0.5&resolution=160#explorer"
        assert visited.evaluate("navigator.clipboard.readText()") == explorer.address() == link
        explorer.set({"alpha": 1, "resolution": 224})
        assert explorer.address() == f"{address}en/multipliers/?from=mail#explorer"

    def test_mistakes(self, visited: Page, address: str) -> None:
        """A link's mistakes are explained beside their fields; its other values are shown."""
        query = "?alpha=2&kernel=4&in=&size=1.5&network=<b>x&stride=2"
        explorer = visit(visited, address, query=query)
        messages = {
            "kernel": "The link has kernel=4. Give an odd number from 1 to 11. Shown: 3.",
            "in": "The link has in=. Give a whole number from 1 to 4,096. Shown: 512.",
            "size": "The link has size=1.5. Give a whole number from 1 to 1,024. Shown: 14.",
            "network": "The link has network=<b>x. Choose one of: mobilenet, standard, shallow. "
            "Shown: MobileNet.",
            "alpha": "The link has alpha=2. Give a number from 0.05 to 1. Shown: 1.",
        }
        for name, message in messages.items():
            expect(explorer.field(name)).to_have_accessible_description(message)
        expect(explorer.status).to_have_text(" ".join(messages.values()))
        assert explorer.values() == ["3", "512", "512", "14", "2", "mobilenet", "1", "224"]


class TestFields:
    def test_keyboard(self, visited: Page, address: str) -> None:
        """Tab leads to every field in order, and arrow keys change it and its slider."""
        explorer = visit(visited, address)
        explorer.field("kernel").focus()
        for arrow in ["Up", "Up", "Down", "", "Up", "Down", "Down", "Left", "", "Left"]:
            if arrow:
                visited.keyboard.press(f"Arrow{arrow}")
            visited.keyboard.press("Tab")
        assert explorer.values() == ["5", "513", "511", "14", "2", "standard", "0.9", "223"]
        for name, value in ("width multiplier α", "0.9"), ("resolution", "223"):
            slider = explorer.element.get_by_role("slider", name=name)
            assert slider.input_value() == value

    def test_mistakes(self, visited: Page, address: str) -> None:
        """A value out of range is refused beside its field, and the last valid one stays."""
        explorer = visit(visited, address)
        explorer.set({"alpha": 0.5})
        tables, kept = explorer.tables(), explorer.address()
        field, message = explorer.field("alpha"), "Give a number from 0.05 to 1. Shown: 0.5."
        for value in ("0", "7", "", "-1"):
            field.fill(value)
            expect(field).to_have_attribute("aria-invalid", "true")
            expect(field).to_have_accessible_description(message)
            expect(explorer.element.get_by_text(message).first).to_be_visible()
            assert explorer.tables() == tables
        assert explorer.address() == kept
        field.fill("0.75")
        expect(field).to_have_attribute("aria-invalid", "false")
        expect(field).to_have_accessible_description("")

    @pytest.mark.parametrize("language", MESSAGES)
    def test_screen_reader(self, visited: Page, address: str, language: str) -> None:
        """Each field has a name; a screen reader says the last of several changes, once."""
        explorer, message = visit(visited, address, language), MESSAGES[language]
        assert explorer.values()[-2:] == ["1", "224"]
        assert explorer.status.inner_text() == ""
        explorer.status.evaluate(RECORD)
        for value in ("0.2", "0.3", "0.5"):
            explorer.field("alpha").fill(value)
        expect(explorer.status).to_contain_text(message)
        assert visited.evaluate("messages") == [f"MobileNet, α = 0.5, 224×224: {message}"]
