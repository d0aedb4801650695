"""VER1, VER2 and the paper's network side by side, a box a block, read off the package.

A block stands where the paper's network has it, so that what differs is beside what it
differs from. The one that VER1 calls 5 times takes the room of five.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, takewhile
from types import SimpleNamespace
from typing import NamedTuple

import svg

from figures import OUTLINE, box, picture, words
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

WORDS = {
    "en": SimpleNamespace(
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
        answers={"VER1": "no classes", "VER2": "{count} answers", "MobileNetV1": "{count} answer"},
        normalized="convolution, norm, ReLU",
        alone="convolution alone",
        halved="stride of 2",
        differs="not as in the paper",
    ),
    "ko": SimpleNamespace(
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
        answers={"VER1": "클래스 없음", "VER2": "답 {count}개", "MobileNetV1": "답 {count}개"},
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
    dashes: list[float] | None = None
    """Of the edge, where the package never calls what is in the box."""

    @property
    def height(self) -> int:
        return LINE * len(self.lines) + 2


def draw(language: str) -> str:
    """Return the picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    bottom = TOP + PITCH * len(networks()["MobileNetV1"].blocks)
    answers = bottom + 98
    columns: list[svg.Element] = []
    for index, (name, each) in enumerate(networks().items()):
        answer = say.answers[name].format(**_facts(each))
        elements = [
            *_draw_column([*_blocks(each, say), *_end(each, bottom, say)], answers - 18),
            words(name, BOX / 2, 14, anchor="middle", class_=["strong"]),
            words(shape_text(IMAGE), BOX / 2, 34, anchor="middle"),
            words(answer, BOX / 2, answers, anchor="middle", class_=["strong"]),
        ]
        place = svg.Translate(LEFT + COLUMN * index, 0)
        columns.append(svg.G(transform=[place], elements=elements))
    elements = [*columns, *_draw_legend(answers + 36, say)]
    return picture("networks", answers + 66, say.title, _describe(say), elements)


def networks() -> dict[str, Network]:
    """Return the three networks by their names, from left to right."""
    return {
        "VER1": network(ver1.MobileNet),
        "VER2": network(ver2.MobileNet),
        "MobileNetV1": network(MobileNetV1),
    }


def _blocks(each: Network, say: SimpleNamespace) -> Iterator[Cell]:
    place = 0
    for block in each.blocks:
        paper = networks()["MobileNetV1"].blocks[place]
        lines = [(shape_text(block.shape), f"/{block.stride}" if block.stride > 1 else "")]
        is_shared = block.calls > 1
        if is_shared:
            lines = [(block.module, ""), *lines, (say.calls.format(block.calls), "")]
        spare = PITCH * block.calls - GAP - LINE * len(lines) - 2
        yield Cell(
            y=TOP + PITCH * place + spare // 2,
            lines=lines,
            differs=is_shared or block[2:4] != paper[2:4],
            marks=tuple(FULL[kinds] for kinds in block.behind),
            width=BOX - LOOP if is_shared else BOX,
        )
        place += block.calls


def _end(each: Network, y: int, say: SimpleNamespace) -> list[Cell]:
    """Return what follows the blocks; in VER1, which calls nothing more, what was meant to."""
    if not each.end:
        lines = [(", ".join(each.cost.unreached), ""), (say.never_called, "")]
        return [Cell(y, lines, differs=True, dashes=[4, 3])]
    pool, *_, classifier = each.end
    averages = pool.input_shape != pool.output_shape
    pooling = say.average.format(shape_text(pool.input_shape[2:])) if averages else "AvgPool2d(1)"
    pooled = [(pooling, ""), (shape_text(pool.output_shape[1:]), "")]
    rows = [("flatten" if averages else "view", shape_text(classifier.input_shape))]
    logits = [("fc", shape_text(classifier.output_shape))]
    tops = (y, y + 2 * LINE + 2 + GAP, y + 3 * LINE + 2 * (2 + GAP))
    return [
        Cell(top, lines, differs=not averages)
        for top, lines in zip(tops, (pooled, rows, logits), strict=True)
    ]


def _draw_column(cells: list[Cell], bottom: int) -> list[svg.Element]:
    *_, last = (cell for cell in cells if not cell.dashes)
    # The line from the image ends at the last box that is called.
    end = bottom if last is cells[-1] else last.y
    elements: list[svg.Element] = [
        svg.Line(x1=BOX / 2, x2=BOX / 2, y1=TOP - 6, y2=end, stroke="currentColor"),
        *(_draw_loop(cell) for cell in cells if cell.width < BOX),
        _draw_boxes([cell for cell in cells if not cell.differs]),
        _draw_boxes([cell for cell in cells if cell.differs], ["accent"]),
    ]
    for full in (True, False):
        places = [
            (-MARK / 2, cell.y + cell.height / 2 - (MARK + 2) * (len(cell.marks) / 2 - index) + 1)
            for cell in cells
            for index, mark in enumerate(cell.marks)
            if mark is full
        ]
        elements += [_draw_squares(places, full=full)] if places else []
    for cell in cells:
        class_ = ["strong"] if cell.differs else None
        for row, (left, right) in enumerate(cell.lines):
            y = cell.y + 13.5 + LINE * row
            elements.append(words(left, 6, y, class_=class_))
            if right:
                elements.append(words(right, BOX - 3, y, anchor="end", class_=class_))
    return elements


def _draw_boxes(cells: list[Cell], class_: list[str] | None = None) -> svg.G:
    """Draw boxes, which hide the line behind them; those of a class have a thick edge."""
    return svg.G(
        class_=["hollow", *(class_ or [])],
        stroke_width=2 if class_ else None,
        **OUTLINE,
        elements=[
            box(0, cell.y, cell.width, cell.height, stroke_dasharray=cell.dashes) for cell in cells
        ],
    )


def _draw_loop(cell: Cell) -> svg.Path:
    """Draw the way from below a box around it to above it, once more."""
    above, below = cell.y - 12, cell.y + cell.height + 12
    way = [svg.M(BOX / 2, below), svg.H(BOX - 1), svg.V(above), svg.H(BOX / 2 + 2)]
    head = [svg.m(6, -5), svg.l(-6, 5), svg.l(6, 5)]
    return svg.Path(class_=["accent"], d=[*way, *head], stroke_width=2, **OUTLINE)


def _draw_squares(places: list[tuple[float, float]], *, full: bool) -> svg.Path:
    square = (svg.h(MARK), svg.v(MARK), svg.h(-MARK), svg.Z())
    return svg.Path(
        d=[step for place in places for step in (svg.M(*place), *square)],
        class_=None if full else ["hollow"],
        fill="currentColor" if full else "none",
        stroke="currentColor",
    )


def _draw_legend(y: int, say: SimpleNamespace) -> list[svg.Element]:
    left, right = 4, 196
    return [
        _draw_squares([(left, y - 7)], full=True),
        _draw_squares([(right + 6, y - 7)], full=False),
        words("/2", left - 2, y + 22),
        box(right, y + 11, 17, 13, class_=["accent"], stroke_width=2, **OUTLINE),
        words(say.normalized, left + 20, y),
        words(say.alone, right + 24, y),
        words(say.halved, left + 20, y + 22),
        words(say.differs, right + 24, y + 22),
    ]


def _describe(say: SimpleNamespace) -> str:
    """Return the blocks that the networks have in common, and how each of them goes on."""
    outputs = [
        [_describe_block(block, len([*equal]), say) for block, equal in groupby(each.blocks)]
        for each in networks().values()
    ]
    alike = takewhile(lambda beside: len(set(beside)) == 1, zip(*outputs, strict=False))
    common = len([*alike])
    image, blocks = shape_text(IMAGE), ", ".join(outputs[0][:common])
    description = [say.description.format(image=image, blocks=blocks)]
    for (name, each), output in zip(networks().items(), outputs, strict=True):
        blocks, end = ", ".join(output[common:]), say.ends[name].format(**_facts(each))
        description.append(say.after.format(name=name, blocks=blocks, end=end))
    return " ".join(description)


def _describe_block(block: Block, count: int, say: SimpleNamespace) -> str:
    """Return the output of a block, or of several equal ones in a row."""
    text = shape_text(block.shape)
    if block.stride > 1:
        text = say.stride.format(text, block.stride)
    if block.calls > 1:
        text = say.shared.format(text, block.module, block.calls)
    if count > 1:
        text = say.apart.format(text, count)
    return text


def _facts(each: Network) -> dict[str, str | int]:
    """Return what the words say of how a network ends."""
    if not each.end:
        return {"unreached": ", ".join(each.cost.unreached)}
    pool, *_, classifier = each.end
    return {
        "pooled": shape_text(pool.output_shape[1:]),
        "rows": shape_text(classifier.input_shape),
        "logits": shape_text(classifier.output_shape),
        "count": classifier.output_shape[0],
    }
