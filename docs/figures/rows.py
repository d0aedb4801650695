"""What ``view(-1, 1024)`` does to VER2's last feature map, and what its classifier needs.

Which channel ends up where is what torch's own ``view`` says.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import svg
import torch

from figures import WIDTH, picture, words
from figures._network import network, shape_text
from mobilenet import ver2

LEFT, RIGHT = 57, WIDTH - 2
CHANNEL = 44
"""The width of all of a channel's numbers."""
BETWEEN = (LEFT + RIGHT + CHANNEL) / 2
"""In the middle of what is left out, between three channels and two."""
CELL = 5
HEIGHT = 20
"""Of a row."""
SHOWN = (0, 1, 2, -1)
"""The rows that are drawn."""


class Words(NamedTuple):
    """What the picture says in one language."""

    title: str
    description: str
    described: str
    piece: str
    whole: str
    map: str
    view: str
    order: str
    all: str
    part: str
    row: str
    some: str
    columns: tuple[str, str]
    needs: str
    average: str
    one: str
    always: str


WORDS = {
    "en": Words(
        title="What view(-1, 1024) does to VER2's last feature map",
        description="The map has {channels} channels of {size}. In memory come the {positions} "
        "numbers of channel 0, then those of channel 1, and so on, and view cuts that every "
        "{length} numbers. {rows} Column 0 holds channels {column}: {different} different ones in "
        "{count} rows. A classifier needs one row instead, with the average of each channel over "
        "its {positions} positions: there, column 0 is channel 0 in every image.",
        described="Row {row}: {pieces}.",
        piece="{numbers} numbers of channel {channel}",
        whole="channels {first} to {last} whole",
        map="Last feature map: {} channels, {} each",
        view="view(-1, {})",
        order="the numbers in memory, cut every {}",
        all="all {} of a channel",
        part="a part",
        row="row {}",
        some="{numbers} of channel {channel}",
        columns=("Column 0: channels {},", "{} different ones"),
        needs="What a classifier needs",
        average="one row, the average of each channel",
        one="1 row",
        always="Column 0: channel 0 in every image",
    ),
    "ko": Words(
        title="view(-1, 1024)가 VER2의 마지막 특징 맵에 하는 일",
        description="특징 맵에는 {size} 채널이 {channels}개 있습니다. 메모리에는 0번 채널의 숫자 "
        "{positions}개가 먼저 오고, 1번 채널의 숫자가 뒤따르는 식으로 이어지며, view는 이것을 "
        "{length}개마다 끊습니다. {rows} 0번 열에는 {column}번 채널이 들어가, 행 {count}개에 서로 "
        "다른 채널이 {different}개 있습니다. 분류기에는 그 대신 채널마다 {positions}개 위치의 "
        "평균을 낸 행 하나가 필요합니다. 그러면 0번 열은 어느 이미지에서나 0번 채널입니다.",
        described="{row}번 행: {pieces}.",
        piece="{channel}번 채널 {numbers}개",
        whole="{first}~{last}번 채널 전부",
        map="마지막 특징 맵: {1} 채널 {0}개",
        view="view(-1, {})",
        order="메모리의 숫자를 {}개마다 끊은 행",
        all="채널의 {}개 전부",
        part="채널의 일부",
        row="{}번 행",
        some="{channel}번 채널 {numbers}개",
        columns=("0번 열: {}번 채널,", "서로 다른 {}개"),
        needs="분류기에 필요한 것",
        average="채널마다 평균을 낸 행 하나",
        one="행 하나",
        always="0번 열: 어느 이미지에서나 0번 채널",
    ),
}

WHOLE: dict[str, Any] = {"class_": ["hollow"], "fill": "none", "stroke": "currentColor"}
PART: dict[str, Any] = {"class_": ["accent"]}


class Piece(NamedTuple):
    """Numbers of one channel that stand together in a row."""

    channel: int
    numbers: int


class Cut(NamedTuple):
    """The feature map of one image, and the rows that it is cut into."""

    shape: tuple[int, ...]
    rows: list[list[Piece]]

    @property
    def positions(self) -> int:
        _, height, width = self.shape
        return height * width


def draw(language: str) -> str:
    """The picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    channels, *size = cut().shape
    view, needs = 114, 426
    return picture(
        "rows",
        needs + 80,
        say.title,
        _description(say),
        [
            words(say.map.format(channels, shape_text(size)), 0, 14, class_=["strong"]),
            *_map(26),
            words(say.view.format(_length()), 0, view, class_=["strong"]),
            words(say.order.format(_length()), 0, view + 19),
            *_legend(view + 40, say),
            *_rows(view + 54, say),
            words(say.needs, 0, needs, class_=["strong"]),
            words(say.average, 0, needs + 19),
            *_averages(needs + 30, say),
        ],
    )


@cache
def cut() -> Cut:
    """What VER2 does to the feature map of one image."""
    pool, classifier = network(ver2.MobileNet).end
    channels, *size = shape = pool.output_shape[1:]
    channel = torch.arange(channels).repeat_interleave(size[0] * size[1])
    rows = channel.view(1, *shape).view(-1, classifier.input_shape[-1])
    found = []
    for row in rows:
        names, counts = row.unique_consecutive(return_counts=True)
        found.append([Piece(*each) for each in zip(names.tolist(), counts.tolist(), strict=True)])
    return Cut(shape, found)


def _length() -> int:
    return sum(piece.numbers for piece in cut().rows[0])


def _number(index: int) -> int:
    """Of a row, which may be counted from the end."""
    return index % len(cut().rows)


def _column() -> list[int]:
    """The channels that column 0 meets, row by row."""
    return [row[0].channel for row in cut().rows]


def _some(numbers: list[int]) -> str:
    return ", ".join([*map(str, numbers[:3]), "…", str(numbers[-1])])


def _description(say: Words) -> str:
    channels, *size = cut().shape
    rows = []
    for index in SHOWN:
        row = cut().rows[index]
        whole = [piece.channel for piece in row if piece.numbers == cut().positions]
        pieces = [say.whole.format(first=whole[0], last=whole[-1])]
        if row[0].numbers < cut().positions:
            pieces.insert(0, say.piece.format(**row[0]._asdict()))
        if row[-1].numbers < cut().positions:
            pieces.append(say.piece.format(**row[-1]._asdict()))
        rows.append(say.described.format(row=_number(index), pieces=", ".join(pieces)))
    return say.description.format(
        channels=channels,
        size=shape_text(size),
        positions=cut().positions,
        length=_length(),
        rows=" ".join(rows),
        column=_some(_column()),
        different=len(set(_column())),
        count=len(cut().rows),
    )


def _map(y: int) -> list[svg.Element]:
    """The first channels and the last, each a grid of its positions, with its number."""
    channels, height, width = cut().shape
    lines: list[svg.PathData] = []
    labels: list[svg.Element] = []
    middles = [LEFT + CHANNEL * (place + 0.5) for place in range(3)]
    for middle, channel in zip(
        [*middles, RIGHT - CHANNEL / 2], [0, 1, 2, channels - 1], strict=True
    ):
        x = middle - CELL * width / 2
        for row in range(height + 1):
            lines += [svg.M(x, y + CELL * row), svg.h(CELL * width)]
        for column in range(width + 1):
            lines += [svg.M(x + CELL * column, y), svg.v(CELL * height)]
        labels.append(words(str(channel), middle, y + CELL * height + 16, anchor="middle"))
    return [
        svg.Path(d=lines, class_=["quiet"], fill="none", stroke="currentColor"),
        *labels,
        words("…", BETWEEN, y + CELL * height / 2 + 4, anchor="middle"),
    ]


def _legend(y: int, say: Words) -> list[svg.Element]:
    part = WIDTH / 2 + 16
    return [
        svg.Rect(x=1, y=y - 10, width=24, height=12, **WHOLE),
        words(say.all.format(cut().positions), 32, y),
        svg.Rect(x=part, y=y - 10, width=24, height=12, **PART),
        words(say.part, part + 31, y),
    ]


def _rows(y: int, say: Words) -> list[svg.Element]:
    """Some rows of the view, and which channels its first column meets."""
    found: list[svg.Element] = []
    top = y
    for index in SHOWN:
        if index < 0:
            found.append(words("⋮", BETWEEN, top + 3, anchor="middle"))
            top += 14
        found += _row(top, cut().rows[index], say.row.format(_number(index)))
        found += _parts(top + HEIGHT + 15, cut().rows[index], say)
        top += HEIGHT + 24
    first, second = say.columns
    return [
        *found,
        *_column_mark(y, top, first.format(_some(_column()))),
        words(second.format(len(set(_column()))), LEFT - 6, top + 31),
    ]


def _averages(y: int, say: Words) -> list[svg.Element]:
    """A row with a number a channel."""
    pieces = [Piece(channel, cut().positions) for channel in range(cut().shape[0])]
    return [
        *_row(y, pieces, say.one, radius=HEIGHT / 2),
        *_column_mark(y, y + HEIGHT + 10, say.always),
    ]


def _row(y: int, pieces: list[Piece], label: str, radius: float | None = None) -> list[svg.Element]:
    """The first and the last pieces of a row; those of all of a channel have its number."""
    found: list[svg.Element] = [
        words(label, 0, y + 14.5),
        words("…", BETWEEN, y + 14, anchor="middle"),
    ]
    widths = [CHANNEL * piece.numbers / cut().positions for piece in pieces]
    starts = [LEFT + sum(widths[:place]) for place in range(3)]
    ends = [RIGHT - sum(widths[place:]) for place in (-2, -1)]
    shown = [*pieces[:3], *pieces[-2:]]
    for piece, x in zip(shown, [*starts, *ends], strict=True):
        whole = piece.numbers == cut().positions
        width = CHANNEL * piece.numbers / cut().positions
        look = WHOLE if whole else PART
        found.append(
            svg.Rect(x=round(x, 1), y=y, width=round(width, 1), height=HEIGHT, rx=radius, **look)
        )
        if whole:
            found.append(
                words(str(piece.channel), round(x + width / 2, 1), y + 14.5, anchor="middle")
            )
    return found


def _parts(y: int, row: list[Piece], say: Words) -> list[svg.Element]:
    """Below the ends of a row, which part of a channel they are."""
    first, last = (
        say.some.format(**piece._asdict()) if piece.numbers < cut().positions else ""
        for piece in (row[0], row[-1])
    )
    return [
        *([words(first, LEFT, y)] if first else []),
        *([words(last, RIGHT, y, anchor="end")] if last else []),
    ]


def _column_mark(top: int, bottom: int, text: str) -> list[svg.Element]:
    """Along the first column of what is above, and what is in it."""
    x = LEFT - 4
    return [
        svg.Path(
            d=[svg.M(x, top - 2), svg.V(bottom), svg.m(-4, -5), svg.l(4, 5), svg.l(4, -5)],
            class_=["accent"],
            fill="none",
            stroke="currentColor",
            stroke_width=2,
        ),
        words(text, LEFT - 6, bottom + 14),
    ]
