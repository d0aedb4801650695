"""VER1, VER2 and the paper's network side by side, a box a block, read off the package.

A block stands where the paper's network has it, so that what differs is beside what it
differs from. The one that VER1 calls 5 times takes the room of five.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import accumulate, groupby, takewhile
from typing import NamedTuple

import svg

from figures import picture, words
from figures._network import IMAGE, Block, Network, network, shape_text
from mobilenet import MobileNetV1, ver1, ver2

LEFT, COLUMN, BOX = 4, 121, 113
"""Where the first column starts, from one to the next, and how wide a box is."""
TOP, PITCH, GAP, LINE = 44, 22, 4, 16
LOOP = 12
"""The room that a loop takes beside its box."""
MARK = 5
FULL = {("BatchNorm2d", "ReLU"): True, (): False}
"""By what follows a convolution, whether its square is full; for anything else there is none."""


class Words(NamedTuple):
    """What the picture says in one language."""

    title: str
    description: str
    after: str
    stride: str
    shared: str
    apart: str
    ends: dict[str, str]
    calls: str
    average: str
    never_called: str
    answers: dict[str, str]
    normalized: str
    alone: str
    halved: str
    differs: str


WORDS = {
    "en": Words(
        title="VER1, VER2 and MobileNetV1, block by block",
        description="Shapes are channels × height × width. The first block is a standard "
        "convolution, each other one a depthwise and a pointwise convolution. In VER2 and "
        "MobileNetV1, batch normalization and ReLU follow every convolution; in VER1, nothing "
        "does. The first blocks of all three make, from {image}: {blocks}.",
        after="Then {name}: {blocks}. {end}",
        stride="{} with a stride of {}",
        shared="{} from the one module {}, called {} times in a row",
        apart="{} from each of {} blocks with weights of their own",
        ends={
            "VER1": "There it ends, without classes: {unreached} are never called.",
            "VER2": "AvgPool2d(1) leaves {pooled}, view cuts that into {rows}, and the classifier "
            "gives {logits}: {count} answers.",
            "MobileNetV1": "The average over all positions gives {pooled}, flatten makes that "
            "{rows}, and the classifier gives {logits}: {count} answer.",
        },
        calls="{} calls",
        average="average of {}",
        never_called="never called",
        answers={
            "VER1": "no classes",
            "VER2": "{count} answers",
            "MobileNetV1": "{count} answer",
        },
        normalized="convolution, norm, ReLU",
        alone="convolution alone",
        halved="stride of 2",
        differs="not as in the paper",
    ),
    "ko": Words(
        title="나란히 놓고 블록별로 본 VER1, VER2, MobileNetV1",
        description="모양은 채널 × 높이 × 너비입니다. 첫 블록은 일반 합성곱이고, 나머지 블록은 "
        "모두 깊이별 합성곱과 점별 합성곱입니다. VER2와 MobileNetV1에서는 합성곱마다 배치 정규화와 "
        "ReLU가 뒤따르고, VER1에서는 아무것도 뒤따르지 않습니다. {image} 이미지를 넣으면 앞쪽 "
        "블록의 출력은 셋 모두 차례로 {blocks}입니다.",
        after="{name}에서는 이어서 {blocks}입니다. {end}",
        stride="{}(스트라이드 {})",
        shared="{}(모듈 하나인 {}를 {}번 잇달아 호출)",
        apart="{}(가중치를 따로 가진 블록 {}개)",
        ends={
            "VER1": "여기서 클래스 없이 끝나고, {unreached}은 호출되지 않습니다.",
            "VER2": "AvgPool2d(1)을 지나도 {pooled} 그대로이고, view가 이것을 {rows}로 끊고, "
            "분류기가 {logits}을 냅니다. 답이 {count}개입니다.",
            "MobileNetV1": "모든 위치의 평균을 내면 {pooled}이고, flatten이 이것을 {rows}로 펴고, "
            "분류기가 {logits}을 냅니다. 답이 {count}개입니다.",
        },
        calls="{}번 호출",
        average="{} 평균",
        never_called="호출되지 않음",
        answers={
            "VER1": "클래스 없음",
            "VER2": "답 {count}개",
            "MobileNetV1": "답 {count}개",
        },
        normalized="합성곱, 정규화, ReLU",
        alone="합성곱만",
        halved="스트라이드 2",
        differs="논문과 다른 곳",
    ),
}


class Cell(NamedTuple):
    """A box of a column."""

    y: int
    lines: list[tuple[str, str]]
    """Of each, what stands on the left and what on the right."""
    differs: bool
    """Whether the paper's network has something else in its place."""
    marks: tuple[bool, ...] = ()
    """Of each convolution in it, whether its square is full."""
    width: int = BOX
    called: bool = True


def draw(language: str) -> str:
    """The picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    bottom = TOP + PITCH * len(networks()["MobileNetV1"].blocks)
    answers = bottom + 98
    columns: list[svg.Element] = []
    for index, (name, each) in enumerate(networks().items()):
        cells = [*_blocks(each, say), *_end(each, say, bottom)]
        elements = [*_column(cells, answers - 18), *_around(name, say, answers)]
        columns.append(
            svg.G(transform=[svg.Translate(LEFT + COLUMN * index, 0)], elements=elements)
        )
    return picture(
        "networks",
        answers + 66,
        say.title,
        _description(say),
        [*columns, *_legend(answers + 36, say)],
    )


@cache
def networks() -> dict[str, Network]:
    return {
        "VER1": network(ver1.MobileNet),
        "VER2": network(ver2.MobileNet),
        "MobileNetV1": network(MobileNetV1),
    }


def _blocks(each: Network, say: Words) -> list[Cell]:
    cells: list[Cell] = []
    place = 0
    for block in each.blocks:
        paper = networks()["MobileNetV1"].blocks[place]
        lines = [(shape_text(block.shape), f"/{block.stride}" if block.stride > 1 else "")]
        width = BOX
        if block.calls > 1:
            lines = [(block.module, ""), *lines, (say.calls.format(block.calls), "")]
            width -= LOOP
        room = PITCH * block.calls - GAP
        cells.append(
            Cell(
                y=TOP + PITCH * place + (room - _height(lines)) // 2,
                lines=lines,
                differs=(block.shape, block.stride, block.calls)
                != (paper.shape, paper.stride, paper.calls),
                marks=tuple(FULL[kinds] for kinds in block.behind),
                width=width,
            )
        )
        place += block.calls
    return cells


def _end(each: Network, say: Words, y: int) -> list[Cell]:
    """What follows the blocks; of VER1, what was meant to."""
    if not each.end:
        lines = [(", ".join(each.cost.unreached), ""), (say.never_called, "")]
        return [Cell(y, lines, differs=True, called=False)]
    pool, *_, classifier = each.end
    averages = pool.input_shape != pool.output_shape
    pooling = say.average.format(shape_text(pool.input_shape[2:])) if averages else "AvgPool2d(1)"
    texts = [
        [(pooling, ""), (shape_text(pool.output_shape[1:]), "")],
        [("flatten" if averages else "view", shape_text(classifier.input_shape))],
        [("fc", shape_text(classifier.output_shape))],
    ]
    tops = accumulate((_height(lines) + GAP for lines in texts), initial=y)
    return [Cell(top, lines, differs=not averages) for top, lines in zip(tops, texts, strict=False)]


def _height(lines: list[tuple[str, str]]) -> int:
    return LINE * len(lines) + 2


def _column(cells: list[Cell], bottom: float) -> list[svg.Element]:
    called = [cell for cell in cells if cell.called]
    if called != cells:  # The way from the image ends at the last that is called.
        bottom = called[-1].y
    return [
        svg.Line(x1=BOX / 2, x2=BOX / 2, y1=TOP - 6, y2=bottom, stroke="currentColor"),
        *(_loop(cell) for cell in cells if cell.width < BOX),
        _boxes([cell for cell in cells if not cell.differs]),
        _boxes([cell for cell in cells if cell.differs], ["accent"]),
        *_marks(cells),
        *(label for cell in cells for label in _labels(cell)),
    ]


def _around(name: str, say: Words, answers: float) -> list[svg.Element]:
    """Above a column its name and the image, below it the answers."""
    answer = say.answers[name].format(**_facts(networks()[name]))
    return [
        words(name, BOX / 2, 14, anchor="middle", class_=["strong"]),
        words(shape_text(IMAGE), BOX / 2, 34, anchor="middle"),
        words(answer, BOX / 2, answers, anchor="middle", class_=["strong"]),
    ]


def _boxes(cells: list[Cell], class_: list[str] | None = None) -> svg.G:
    """Boxes, which hide what runs behind them; those of a class have a thick edge."""
    return svg.G(
        class_=["hollow", *(class_ or [])],
        fill="none",
        stroke="currentColor",
        stroke_width=2 if class_ else None,
        elements=[
            svg.Rect(
                y=cell.y,
                width=cell.width,
                height=_height(cell.lines),
                stroke_dasharray=None if cell.called else [4, 3],
            )
            for cell in cells
        ],
    )


def _loop(cell: Cell) -> svg.Path:
    """From below a box around it to above it, once more."""
    above, below, right = cell.y - 12, cell.y + _height(cell.lines) + 12, BOX - 1
    return svg.Path(
        class_=["accent"],
        d=[
            svg.M(BOX / 2, below),
            svg.H(right),
            svg.V(above),
            svg.H(BOX / 2 + 2),
            svg.m(6, -5),
            svg.l(-6, 5),
            svg.l(6, 5),
        ],
        fill="none",
        stroke="currentColor",
        stroke_width=2,
    )


def _marks(cells: list[Cell]) -> list[svg.Element]:
    """A square a convolution."""
    places: dict[bool, list[tuple[float, float]]] = {}
    for cell in cells:
        middle = cell.y + _height(cell.lines) / 2
        for index, full in enumerate(cell.marks):
            above = (MARK + 2) * (len(cell.marks) / 2 - index) - 1
            places.setdefault(full, []).append((-MARK / 2, middle - above))
    return [_squares(each, full=full) for full, each in places.items()]


def _squares(places: list[tuple[float, float]], *, full: bool) -> svg.Path:
    square = (svg.h(MARK), svg.v(MARK), svg.h(-MARK), svg.Z())
    return svg.Path(
        d=[step for place in places for step in (svg.M(*place), *square)],
        class_=None if full else ["hollow"],
        fill="currentColor" if full else "none",
        stroke="currentColor",
    )


def _labels(cell: Cell) -> Iterator[svg.Element]:
    class_ = ["strong"] if cell.differs else None
    for row, (left, right) in enumerate(cell.lines):
        y = cell.y + 13.5 + LINE * row
        yield words(left, 6, y, class_=class_)
        if right:
            yield words(right, BOX - 3, y, anchor="end", class_=class_)


def _legend(y: float, say: Words) -> list[svg.Element]:
    left, right = 4, 196
    return [
        _squares([(left, y - 7)], full=True),
        _squares([(right + 6, y - 7)], full=False),
        words("/2", left - 2, y + 22),
        svg.Rect(
            x=right,
            y=y + 11,
            width=17,
            height=13,
            class_=["accent"],
            fill="none",
            stroke="currentColor",
            stroke_width=2,
        ),
        words(say.normalized, left + 20, y),
        words(say.alone, right + 24, y),
        words(say.halved, left + 20, y + 22),
        words(say.differs, right + 24, y + 22),
    ]


def _description(say: Words) -> str:
    """The blocks that the networks have in common, and how each of them goes on."""
    outputs = [[_output(*each, say) for each in groupby(n.blocks)] for n in networks().values()]
    alike = takewhile(lambda beside: len(set(beside)) == 1, zip(*outputs, strict=False))
    common = len([*alike])
    found = [say.description.format(image=shape_text(IMAGE), blocks=", ".join(outputs[0][:common]))]
    for (name, each), blocks in zip(networks().items(), outputs, strict=True):
        end = say.ends[name].format(**_facts(each))
        found.append(say.after.format(name=name, blocks=", ".join(blocks[common:]), end=end))
    return " ".join(found)


def _output(block: Block, equal: Iterator[Block], say: Words) -> str:
    """The output of a block, or of several equal ones in a row."""
    text = shape_text(block.shape)
    count = len([*equal])
    if block.stride > 1:
        text = say.stride.format(text, block.stride)
    if block.calls > 1:
        text = say.shared.format(text, block.module, block.calls)
    if count > 1:
        text = say.apart.format(text, count)
    return text


def _facts(each: Network) -> dict[str, str | int]:
    """What there is to say of how a network ends."""
    if not each.end:
        return {"unreached": ", ".join(each.cost.unreached)}
    pool, *_, classifier = each.end
    return {
        "pooled": shape_text(pool.output_shape[1:]),
        "rows": shape_text(classifier.input_shape),
        "logits": shape_text(classifier.output_shape),
        "count": classifier.output_shape[0],
    }
