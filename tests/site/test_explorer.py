"""The cost explorer: what it shows is what the package computes, however it is used."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch
from data import arguments, paper, resolution
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect
from torch import nn

from mobilenet import MobileNetV1, cost

pytestmark = pytest.mark.browser

LABELS = {
    "en": {
        "kernel": "kernel",
        "in": "channels in",
        "out": "channels out",
        "size": "input size",
        "stride": "stride",
        "network": "network",
        "alpha": "width multiplier α",
        "resolution": "resolution",
    },
    "ko": {
        "kernel": "커널",
        "in": "입력 채널",
        "out": "출력 채널",
        "size": "입력 크기",
        "stride": "스트라이드",
        "network": "네트워크",
        "alpha": "너비 배율 α",
        "resolution": "해상도",
    },
}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "MobileNet": {},
    "standard convolutions": {"separable": False},
    "shallow network": {"shallow": True},
}


PARTS = ["cost.js", "dom.js", "explorer.css", "explorer.js", "networks.json"]


class Explorer:
    """The element on a page, through what a reader sees and touches."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page = page
        self.labels = LABELS[language]
        self.element = page.locator("cost-explorer")
        self.element.scroll_into_view_if_needed()
        self.field("kernel").wait_for()

    def field(self, name: str) -> Locator:
        role: Any = "combobox" if name == "network" else "spinbutton"
        return self.element.get_by_role(role, name=self.labels[name], exact=True)

    def slider(self, name: str) -> Locator:
        return self.element.get_by_role("slider", name=self.labels[name], exact=True)

    def set(self, **values: Any) -> None:
        for name, value in values.items():
            if name == "network":
                self.field(name).select_option(label=value)
            elif self.field(name).input_value() != str(value):
                self.field(name).fill(str(value))

    def setting(self) -> dict[str, str]:
        return {name: self.field(name).input_value() for name in self.labels}

    def address(self) -> str:
        """What the address is once the changes have come to rest."""
        self.page.wait_for_timeout(400)
        return str(self.page.evaluate("location.href"))

    def table(self, index: int) -> list[list[str]]:
        """The rows of one of the three tables, without its head."""
        rows: list[list[str]] = (
            self.element.locator("table")
            .nth(index)
            .evaluate(
                "table => [...table.tBodies[0].rows].map(r => [...r.cells].map(c => c.innerText))"
            )
        )
        return rows

    def caption(self, index: int) -> str:
        return self.element.locator("caption").nth(index).inner_text()


def amounts(shown: cost.Cost | cost.ModelCost) -> list[str]:
    return [f"{shown.mult_adds:,}", f"{shown.parameters:,}"]


@cache
def model_cost(network: str, alpha: float, side: int) -> cost.ModelCost:
    with torch.device("meta"):
        model = MobileNetV1(width_multiplier=alpha, **ARGUMENTS[network])
    return cost.model_cost(model, (3, side, side))


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture(scope="module")
def opened(context: BrowserContext, address: str) -> Explorer:
    """One page for all the settings of a grid."""
    page = context.new_page()
    page.goto(f"{address}en/multipliers/")
    return Explorer(page)


@pytest.fixture
def page(visited: Page) -> Page:
    return visited


class TestNumbers:
    @pytest.mark.parametrize("kernel", [1, 3, 5])
    def test_layer(self, opened: Explorer, kernel: int) -> None:
        """One layer costs what mobilenet.cost says, at the size that torch gives its output."""
        grid = product([(1, 1), (32, 64), (513, 7)], [1, 14, 225], [1, 2, 3])
        for (in_channels, out_channels), size, stride in grid:
            opened.set(kernel=kernel, size=size, stride=stride)
            opened.set(**{"in": in_channels, "out": out_channels})

            layer = nn.Conv2d(1, 1, kernel, stride, padding=kernel // 2, device="meta")
            side = layer(torch.empty(1, size, size, device="meta")).shape[-1]
            standard = cost.conv2d(kernel, in_channels, out_channels, side)
            separable = cost.depthwise_separable_conv2d(kernel, in_channels, out_channels, side)
            ratio = f"{1 / float(cost.separable_ratio(kernel, out_channels)):.1f}"
            assert opened.caption(0) == f"Output {side}×{side}×{out_channels}"
            assert opened.table(0) == [
                ["standard", *amounts(standard)],
                ["depthwise", *amounts(cost.depthwise_conv2d(kernel, in_channels, side))],
                ["pointwise", *amounts(cost.pointwise_conv2d(in_channels, out_channels, side))],
                ["the two together", *amounts(separable)],
                ["standard ÷ separable", ratio, ratio],
            ]

    @pytest.mark.parametrize("network", ARGUMENTS)
    @pytest.mark.parametrize("alpha", [0.25, 0.35, 1.0])
    def test_network(self, opened: Explorer, network: str, alpha: float) -> None:
        """The whole network costs what model_cost says, and each of its layers."""
        whole = model_cost("MobileNet", 1.0, 224)
        opened.set(network=network, alpha=f"{alpha:g}")
        for side in (32, 161, 224):
            opened.set(resolution=side)
            measured = model_cost(network, alpha, side)

            totals = opened.table(1)
            assert opened.caption(1) == f"{network}, α = {alpha:g}, {side}×{side}"
            assert totals[0] == [network, *amounts(measured)]
            assert totals[3][1:] == [
                f"{measured.mult_adds / whole.mult_adds:.1%}",
                f"{measured.parameters / whole.parameters:.1%}",
            ]
            layers = [row for row in measured.rows if row.weights]
            shapes = [(*row.output_shape[2:], row.output_shape[1]) for row in layers[:-1]]
            others = measured.parameters - sum(row.weights for row in layers)
            shown = opened.table(2)
            assert [row[1:] for row in shown] == [
                *(
                    ["×".join(map(str, shape)), f"{row.mult_adds:,}", f"{row.weights:,}"]
                    for shape, row in zip([*shapes, (1, 1, 1000)], layers, strict=True)
                ),
                ["", "0", f"{others:,}"],
            ]
            kinds = {"3x3 convolution": "3×3", "3x3 depthwise": "dw", "1x1 convolution": "1×1"}
            assert [name.split(" / ")[0] for name, *_ in shown] == [
                *(kinds.get(row.kind, "classifier") for row in layers),
                "norm, bias",
            ]

    def test_reduction(self, opened: Explorer) -> None:
        """Either network stands beside the other, and the ratio is that of the costs."""
        opened.set(alpha=0.5, resolution=192)
        separable = model_cost("MobileNet", 0.5, 192)
        standard = model_cost("standard convolutions", 0.5, 192)
        ratios = [
            f"{standard.mult_adds / separable.mult_adds:.1f}",
            f"{standard.parameters / separable.parameters:.1f}",
        ]
        for network, other in (("MobileNet", standard), ("standard convolutions", separable)):
            opened.set(network=network)
            assert opened.table(1)[1][1:] == amounts(other)
            assert opened.table(1)[2][1:] == ratios

    def test_bars(self, opened: Explorer) -> None:
        """The bars of a column are as long as its numbers are large."""
        opened.set(network="MobileNet", alpha=1, resolution=224)
        found = (
            opened.element.locator("table")
            .nth(2)
            .evaluate("""table => {
            const width = cell => parseFloat(getComputedStyle(cell, "::before").width);
            const value = cell => Number(cell.innerText.replaceAll(",", ""));
            return [2, 3].map(i => [...table.tBodies[0].rows].map(
                row => [value(row.cells[i]), width(row.cells[i])]));
        }""")
        )
        for column in found:
            most, longest = max(column)
            assert longest > 50
            for amount, width in column:
                assert width == pytest.approx(amount / most * longest, abs=2.1)


class TestPaper:
    def rows(self) -> dict[tuple[str, float, int], Any]:
        found = {}
        for table in (paper.table4, paper.table5, paper.table6, paper.table7):
            for row in vars(table).values():
                given = {**arguments(row)}
                alpha = given.pop("width_multiplier", 1.0)
                network = next(name for name, value in ARGUMENTS.items() if value == given)
                found[network, alpha, resolution(row)] = row
        return found

    def test_figures(self, opened: Explorer) -> None:
        """The paper's figures stand beside the settings of its tables, and no other."""
        printed = self.rows()
        assert len(printed) == 9
        grid = {*product(ARGUMENTS, [1.0, 0.75, 0.5, 0.25], [224, 192, 160, 128]), *printed}
        for network, alpha, side in sorted(grid):
            opened.set(network=network, alpha=f"{alpha:g}", resolution=side)
            row = printed.get((network, alpha, side))
            figures, accuracy = opened.table(1)[4:]
            if row is None:
                assert (figures[1:], accuracy[1:]) == (["none for this setting"],) * 2
            else:
                mult_adds, parameters = row.mult_adds / 1e6, row.parameters / 1e6
                assert figures[1:] == [f"{mult_adds:g} million", f"{parameters:g} million"]
                assert accuracy[1].startswith(f"{row.accuracy:.1%} (Table")

    def test_korean_numbers(self, page: Page, address: str) -> None:
        """In Korean they are in the units that Korean counts in."""
        page.goto(f"{address}ko/multipliers/?network=standard")
        explorer = Explorer(page, "ko")
        assert explorer.table(1)[4] == ["논문의 값", "48억 6600만", "2930만"]
        assert explorer.table(1)[5][1] == "71.7%(표 4)"
        explorer.set(network="MobileNet", alpha=0.25)
        assert explorer.table(1)[4][1:] == ["4100만", "50만"]


SETTING = {
    "kernel": "5",
    "in": "16",
    "out": "24",
    "size": "56",
    "stride": "2",
    "network": "standard",
    "alpha": "0.33",
    "resolution": "160",
}


class TestLinks:
    def test_shared(self, page: Page, address: str) -> None:
        """The address of a setting opens at it, in the section, and in the other language too."""
        page.goto(f"{address}en/multipliers/")
        explorer = Explorer(page)
        for name, value in SETTING.items():
            explorer.set(**{name: "standard convolutions" if name == "network" else value})
        shared = explorer.address()
        assert shared.endswith("#explorer")
        tables = [explorer.table(index) for index in range(3)]

        page.goto("about:blank")
        page.goto(shared)
        explorer = Explorer(page)
        assert explorer.setting() == SETTING
        assert [explorer.table(index) for index in range(3)] == tables
        assert page.evaluate("scrollY") > 0

        page.locator(".md-header .md-select").hover()
        page.get_by_role("link", name="한국어").click()
        page.wait_for_url(re.compile("/ko/multipliers/"))
        assert Explorer(page, "ko").setting() == SETTING

    def test_short(self, page: Page, address: str) -> None:
        """Only what differs from the start is in the address, and what else was there stays."""
        page.goto(f"{address}en/multipliers/?from=mail")
        explorer = Explorer(page)
        explorer.set(alpha=0.5, resolution=160)
        ending = "/multipliers/?from=mail&alpha=0.5&resolution=160#explorer"
        assert explorer.address().endswith(ending)
        explorer.set(alpha=1, resolution=224)
        assert explorer.address().endswith("/multipliers/?from=mail#explorer")

    @pytest.mark.parametrize(
        ("link", "said"),
        [
            ("alpha=2", "The link has alpha=2. Give a number from 0.05 to 1. Shown: 1."),
            ("kernel=4", "The link has kernel=4. Give an odd number from 1 to 11. Shown: 3."),
            ("in=", "The link has in=. Give a whole number from 1 to 4,096. Shown: 512."),
            ("size=1.5", "The link has size=1.5. Give a whole number from 1 to 1,024. Shown: 14."),
            (
                "network=<b>x",
                "The link has network=<b>x. Choose one of: mobilenet, standard, shallow. "
                "Shown: MobileNet.",
            ),
        ],
    )
    def test_wrong(self, page: Page, address: str, link: str, said: str) -> None:
        """What a link has wrong is said beside its field, and what it has right is shown."""
        page.goto(f"{address}en/multipliers/?{link}&stride=2")
        explorer = Explorer(page)
        name = link.partition("=")[0]
        start = {"alpha": "1", "kernel": "3", "in": "512", "size": "14", "network": "mobilenet"}
        expect(explorer.field(name)).to_have_accessible_description(said)
        expect(explorer.element.get_by_role("status")).to_have_text(said)
        assert explorer.setting()[name] == start[name]
        assert explorer.setting()["stride"] == "2"

    def test_copy(self, browser: Browser, address: str) -> None:
        """The button copies the address, and says so."""
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(f"{address}en/multipliers/")
        explorer = Explorer(page)
        explorer.set(alpha=0.75)
        explorer.element.get_by_role("button", name="Copy a link to this setting").click()
        expect(explorer.element.get_by_role("status")).to_have_text("Link copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == f"{address}en/multipliers/?alpha=0.75#explorer"
        context.close()


class TestUse:
    def test_keyboard(self, page: Page, address: str) -> None:
        """Every field is reached with the tab key, in order, and changed with the arrows."""
        page.goto(f"{address}en/multipliers/")
        explorer = Explorer(page)
        explorer.field("kernel").focus()
        for key in ("ArrowUp", "Tab", "ArrowUp", "Tab", "ArrowDown", "Tab", "Tab", "ArrowUp"):
            page.keyboard.press(key)
        for key in ("Tab", "ArrowDown", "Tab", "ArrowDown", "Tab", "ArrowLeft", "Tab", "Tab"):
            page.keyboard.press(key)
        page.keyboard.press("ArrowLeft")
        assert explorer.setting() == {
            "kernel": "5",
            "in": "513",
            "out": "511",
            "size": "14",
            "stride": "2",
            "network": "standard",
            "alpha": "0.9",
            "resolution": "223",
        }

    def test_sliders(self, page: Page, address: str) -> None:
        """A slider and the number beside it say the same."""
        page.goto(f"{address}en/multipliers/")
        explorer = Explorer(page)
        explorer.slider("alpha").fill("0.5")
        assert explorer.field("alpha").input_value() == "0.5"
        explorer.field("resolution").fill("160")
        assert explorer.slider("resolution").input_value() == "160"

    def test_wrong(self, page: Page, address: str) -> None:
        """A value out of range is refused beside its field; the last right one stays shown."""
        page.goto(f"{address}en/multipliers/")
        explorer = Explorer(page)
        explorer.set(alpha=0.5)
        shown, kept = explorer.table(1), explorer.address()
        field = explorer.field("alpha")
        for value in ("0", "7", "", "-1"):
            field.fill(value)
            expect(field).to_have_attribute("aria-invalid", "true")
            said = "Give a number from 0.05 to 1. Shown: 0.5."
            expect(field).to_have_accessible_description(said)
            expect(explorer.element.get_by_text(said).first).to_be_visible()
            assert explorer.table(1) == shown
        assert explorer.address() == kept
        field.fill("0.75")
        expect(field).to_have_attribute("aria-invalid", "false")
        expect(field).to_have_accessible_description("")

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            (
                "en",
                "MobileNet, α = 0.5, 224×224: 149,497,088 multiply-adds, 1,331,592 parameters. "
                "Accuracy in the paper: 63.7%.",
            ),
            (
                "ko",
                "MobileNet, α = 0.5, 224×224: 곱셈-덧셈 149,497,088회, 매개변수 1,331,592개. "
                "논문의 정확도: 63.7%.",
            ),
        ],
    )
    def test_announced(self, page: Page, address: str, language: str, said: str) -> None:
        """A change is read out in words, once; before one, nothing is."""
        page.goto(f"{address}{language}/multipliers/")
        explorer = Explorer(page, language)
        status = explorer.element.get_by_role("status")
        assert status.inner_text() == ""
        status.evaluate("""status => {
            window.said = [];
            const note = () => said.push(status.textContent);
            new MutationObserver(note).observe(status, { childList: true });
        }""")
        for value in ("0.2", "0.3", "0.5"):
            explorer.field("alpha").fill(value)
        expect(status).to_have_text(said)
        assert page.evaluate("said") == [said]

    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_at_its_widest(self, page: Page, address: str, language: str) -> None:
        """The longest numbers and messages make no phone scroll sideways."""
        layer = "kernel=11&in=4096&out=4096&size=1024"
        page.goto(
            f"{address}{language}/multipliers/?{layer}&stride=x&network=standard&resolution=320"
        )
        Explorer(page, language)
        assert page.evaluate("document.documentElement.scrollWidth") == 360

    def test_targets(self, page: Page, address: str) -> None:
        """Whatever is touched is at least 24 px high and wide."""
        page.goto(f"{address}en/multipliers/")
        touched = Explorer(page).element.locator("input, select, button").all()
        boxes = [each.bounding_box() for each in touched]
        assert len(boxes) == 11
        assert all(box and min(box["height"], box["width"]) >= 24 for box in boxes)


class TestLoading:
    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_without_scripts(self, browser: Browser, address: str, language: str) -> None:
        """Without scripts the picture of where the costs are stands in its place."""
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{address}{language}/multipliers/")
        element = page.locator("cost-explorer")
        expect(element.get_by_role("img")).to_be_visible()
        picture, room = element.get_by_role("img").bounding_box(), element.bounding_box()
        assert picture
        assert room
        assert room["height"] < picture["height"] + 100
        context.close()

    def test_lazy(self, browser: Browser, address: str) -> None:
        """Its scripts and data come when a reader comes near."""
        page = browser.new_page()
        loaded: list[str] = []

        def note(request: Request) -> None:
            folder, _, name = request.url.rpartition("/")
            if folder.endswith("/widgets"):
                loaded.append(name)

        page.on("request", note)
        page.goto(f"{address}en/multipliers/", wait_until="networkidle")
        assert loaded == []
        Explorer(page)
        assert sorted(loaded) == PARTS
        page.close()

    def test_small(self, site: Path) -> None:
        """What is fetched for it is at most 12 KB, compressed as a host does."""
        assets = site / "en" / "assets"
        names = ("widgets.js", *(f"widgets/{name}" for name in PARTS))
        files = [assets / name for name in names]
        assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= 12_000

    @pytest.mark.parametrize("width", [320, 360, 1280])
    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_nothing_moves(self, browser: Browser, address: str, language: str, width: int) -> None:
        """The room is there before it is: the layout does not shift, above or below."""
        context = browser.new_context(viewport={"width": width, "height": 780})
        page = context.new_page()
        page.goto(f"{address}{language}/multipliers/#tables", wait_until="networkidle")
        page.evaluate("""() => {
            window.shifts = [];
            new PerformanceObserver(list => shifts.push(...list.getEntries().map(e => e.value)))
                .observe({ type: "layout-shift" });
        }""")
        explorer = page.locator("cost-explorer")
        before = explorer.bounding_box()
        page.evaluate("scrollBy(0, -400)")
        Explorer(page, language)
        after = explorer.bounding_box()
        assert before
        assert after
        assert after["height"] == before["height"]
        assert page.evaluate("shifts") == []
        context.close()
