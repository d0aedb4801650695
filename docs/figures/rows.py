"""What ``view(-1, 1024)`` does to VER2's last feature map, and what its classifier needs.

Which channel ends up where is what torch's own ``view`` says.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

import svg
import torch

from figures import HOLLOW, OUTLINE, WIDTH, box, picture, words
from figures._channels import plane
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
PART: dict[str, Any] = {"class_": ["accent"]}

WORDS = {
    "en": SimpleNamespace(
        title="What view(-1, 1024) does to VER2's last feature map",
        description="The map has {channels} channels of {size}. In memory come the {positions} "
        "numbers of channel 0, then those of channel 1, and so on, and view cuts that every "
        "{length} numbers. {rows} Column 0 holds channels {column}: {different} different ones in "
        "{count} rows. A classifier needs one row instead, with the average of each channel over "
        "its {positions} positions: there, column 0 is channel 0 in every image.",
        described="Row {row}: {pieces}.",
        piece="{numbers} numbers of channel {channel}",
        whole="channels {first} to {last} whole",
        map="Last feature map: {channels} channels, {size} each",
        view="view(-1, {length})",
        order="the numbers in memory, cut every {length}",
        all="all {positions} of a channel",
        part="a part",
        row="row {}",
        some="{numbers} of channel {channel}",
        columns=("Column 0: channels {column},", "{different} different ones"),
        needs="What a classifier needs",
        average="one row, the average of each channel",
        one="1 row",
        always="Column 0: channel 0 in every image",
    ),
    "ko": SimpleNamespace(
        title="view(-1, 1024)가 VER2의 마지막 특징 맵에 하는 일",
        description="특징 맵에는 {size} 채널이 {channels}개 있습니다. 메모리에는 0번 채널의 숫자 "
        "{positions}개가 먼저 오고, 1번 채널의 숫자가 뒤따르는 식으로 이어지며, view는 이것을 "
        "{length}개마다 끊습니다. {rows} 0번 열에는 {column}번 채널이 들어가, 행 {count}개에 서로 "
        "다른 채널이 {different}개 있습니다. 분류기에는 그 대신 채널마다 {positions}개 위치의 "
        "평균을 낸 행 하나가 필요합니다. 그러면 0번 열은 어느 이미지에서나 0번 채널입니다.",
        described="{row}번 행: {pieces}.",
        piece="{channel}번 채널 {numbers}개",
        whole="{first}~{last}번 채널 전부",
        map="마지막 특징 맵: {size} 채널 {channels}개",
        view="view(-1, {length})",
        order="메모리의 숫자를 {length}개마다 끊은 행",
        all="채널의 {positions}개 전부",
        part="채널의 일부",
        row="{}번 행",
        some="{channel}번 채널 {numbers}개",
        columns=("0번 열: {column}번 채널,", "서로 다른 {different}개"),
        needs="분류기에 필요한 것",
        average="채널마다 평균을 낸 행 하나",
        one="행 하나",
        always="0번 열: 어느 이미지에서나 0번 채널",
    ),
}


class Piece(NamedTuple):
    """Numbers of one channel that stand together in a row."""

    channel: int
    numbers: int
    is_whole: bool


def draw(language: str) -> str:
    """Return the picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    (channels, *size), rows = cut()
    positions, length = size[0] * size[1], sum(piece.numbers for piece in rows[0])
    column = [row[0].channel for row in rows]
    facts = {
        "channels": channels,
        "size": shape_text(size),
        "positions": positions,
        "length": length,
        "count": len(rows),
        "column": ", ".join([*map(str, column[:3]), "…", str(column[-1])]),
        "different": len(set(column)),
    }
    view, needs, part = 114, 426, WIDTH / 2 + 16
    elements = [
        words(say.map.format(**facts), 0, 14, class_=["strong"]),
        *_draw_map(channels, size),
        words(say.view.format(**facts), 0, view, class_=["strong"]),
        words(say.order.format(**facts), 0, view + 19),
        box(1, view + 30, 24, 12, **HOLLOW),
        words(say.all.format(**facts), 32, view + 40),
        box(part, view + 30, 24, 12, **PART),
        words(say.part, part + 31, view + 40),
    ]
    top = view + 54
    for index in SHOWN:
        if index < 0:
            elements.append(words("⋮", BETWEEN, top + 3, anchor="middle"))
            top += 14
        elements += _draw_row(top, rows[index], say.row.format(index % len(rows)), say)
        top += HEIGHT + 24
    whole = [Piece(channel, positions, True) for channel in range(channels)]
    elements += [
        *_mark_column(view + 54, top, [text.format(**facts) for text in say.columns]),
        words(say.needs, 0, needs, class_=["strong"]),
        words(say.average, 0, needs + 19),
        *_draw_row(needs + 30, whole, say.one, say, radius=HEIGHT / 2),
        *_mark_column(needs + 30, needs + HEIGHT + 40, [say.always]),
    ]
    described = " ".join(_describe(index % len(rows), rows[index], say) for index in SHOWN)
    description = say.description.format(rows=described, **facts)
    return picture("rows", needs + 80, say.title, description, elements)


def cut() -> tuple[tuple[int, ...], list[list[Piece]]]:
    """Return the shape of VER2's last feature map, and the rows that it is cut into."""
    pool, classifier = network(ver2.MobileNet).end
    channels, height, width = shape = pool.output_shape[1:]
    channel = torch.arange(channels).repeat_interleave(height * width)
    rows = []
    for row in channel.view(1, *shape).view(-1, classifier.input_shape[-1]):
        names, counts = row.unique_consecutive(return_counts=True)
        pairs = zip(names.tolist(), counts.tolist(), strict=True)
        rows.append([Piece(name, count, count == height * width) for name, count in pairs])
    return shape, rows


def _describe(number: int, row: list[Piece], say: SimpleNamespace) -> str:
    whole = [piece.channel for piece in row if piece.is_whole]
    pieces = [say.whole.format(first=whole[0], last=whole[-1])]
    if not row[0].is_whole:
        pieces.insert(0, say.piece.format(**row[0]._asdict()))
    if not row[-1].is_whole:
        pieces.append(say.piece.format(**row[-1]._asdict()))
    return str(say.described.format(row=number, pieces=", ".join(pieces)))


def _draw_map(channels: int, size: list[int]) -> list[svg.Element]:
    """Draw the first channels and the last, each a grid of its positions, with its number."""
    y, (height, width) = 26, size
    elements: list[svg.Element] = [words("…", BETWEEN, y + CELL * height / 2 + 4, anchor="middle")]
    middles = [*(LEFT + CHANNEL * (place + 0.5) for place in range(3)), RIGHT - CHANNEL / 2]
    for middle, channel in zip(middles, [0, 1, 2, channels - 1], strict=True):
        grid = plane(middle - CELL * width / 2, y, torch.zeros(height, width), CELL)
        label = words(str(channel), middle, y + CELL * height + 16, anchor="middle")
        elements += [svg.G(class_=["quiet"], elements=[grid]), label]
    return elements


def _draw_row(
    y: int, pieces: list[Piece], label: str, say: SimpleNamespace, radius: float | None = None
) -> list[svg.Element]:
    """Draw the first and the last pieces of a row, with the channel's number in whole ones."""
    elements: list[svg.Element] = [
        words(label, 0, y + 14.5),
        words("…", BETWEEN, y + 14, anchor="middle"),
    ]
    shown = [*pieces[:3], *pieces[-2:]]
    per_number = CHANNEL / max(piece.numbers for piece in pieces)
    x: float = LEFT
    for index, piece in enumerate(shown):
        if index == 3:
            x = RIGHT - per_number * sum(piece.numbers for piece in shown[3:])
        width = per_number * piece.numbers
        look = HOLLOW if piece.is_whole else PART
        elements.append(box(round(x, 1), y, round(width, 1), HEIGHT, rx=radius, **look))
        if piece.is_whole:
            middle = round(x + width / 2, 1)
            elements.append(words(str(piece.channel), middle, y + 14.5, anchor="middle"))
        x += width
    # Below the ends of a row stands which part of a channel they are.
    if not pieces[0].is_whole:
        elements.append(words(say.some.format(**pieces[0]._asdict()), LEFT, y + HEIGHT + 15))
    if not pieces[-1].is_whole:
        text = say.some.format(**pieces[-1]._asdict())
        elements.append(words(text, RIGHT, y + HEIGHT + 15, anchor="end"))
    return elements


def _mark_column(top: int, bottom: int, texts: list[str]) -> list[svg.Element]:
    """Draw an arrow along the first column of what is above, and write what is in it."""
    x = LEFT - 4
    head = [svg.m(-4, -5), svg.l(4, 5), svg.l(4, -5)]
    line = svg.Path(
        d=[svg.M(x, top - 2), svg.V(bottom), *head], class_=["accent"], stroke_width=2, **OUTLINE
    )
    labels = [words(text, x - 2, bottom + 14 + 17 * row) for row, text in enumerate(texts)]
    return [line, *labels]
