# %% [markdown] tags=["ko"] description="MobileNetV1의 층마다 걸리는 시간을 재서 곱셈-덧셈과 나란히 놓고, 프로세서와 메모리의 한계와 견줍니다."
# # 시간이 드는 곳 {#roofline}
#
# 깊이별 합성곱(depthwise convolution)에는 곱셈-덧셈(multiply-add)이 거의 없습니다. 그런데 왜 시간이 적지 않게 들까요? MobileNetV1의 층(layer)마다 속도를 재서 프로세서가 낼 수 있는 속도와 나란히 놓아 봅니다. 시간은 모두 이 페이지를 만든 컴퓨터에서 쟀습니다.

# %% [markdown] tags=["en"] description="The time of each layer of MobileNetV1 beside its multiply-adds, and beside what the processor and its memory allow."
# # Where the time goes {#roofline}
#
# Depthwise convolutions have next to no multiply-adds. Why do they take considerable time all the same? Here the speed of each layer of MobileNetV1 is compared with what the processor can do. All times were measured on the machine that built this page.

# %%
import math
import time

import matplotlib.pyplot as plt
import torch
from IPython.display import Markdown

from mobilenet import MobileNetV1, cost, deploy

plt.style.use("mobilenet.plots")
torch.manual_seed(0)
torch.set_num_threads(2)
torch.set_grad_enabled(False)

plain = MobileNetV1().eval()
models = {
    "plain": plain,
    "channels_last": deploy.channels_last(plain),
    "fold": deploy.fold(plain),
    "fold, channels_last": deploy.channels_last(deploy.fold(plain)),
}

# %% [markdown] tags=["ko"]
# ## 층마다 재기 {#time}
#
# 이미지가 네트워크를 지나가는 동안 층마다 걸린 시간을 잽니다. 네 모델을 번갈아 실행하고, 층마다 가장 짧았던 시간만 남깁니다. 컴퓨터가 다른 일까지 하면 시간은 늘어날 뿐 줄지는 않기 때문입니다. `fold`와 `channels_last`가 하는 일은 [빠르게 만들기](../fast.md#fold)에 있습니다.

# %% [markdown] tags=["en"]
# ## Layer by layer {#time}
#
# While the images pass through the network, each layer is timed. Four models take turns, and for each layer the fastest time is kept, since whatever else the machine does can only add to it. The page [Make it fast](../fast.md#fold) explains what `fold` and `channels_last` do.

# %%
def time_layers(images, turns):
    rows = {name: cost.model_cost(models[name], (3, 224, 224)).rows for name in models}
    fastest = {name: dict.fromkeys(rows[name], math.inf) for name in models}
    for _ in range(turns):
        for name, model in models.items():
            features = images
            for row in rows[name]:
                if row.kind == "Linear":
                    features = features.flatten(1)
                start = time.perf_counter()
                features = model.get_submodule(row.name)(features)
                seconds = time.perf_counter() - start
                fastest[name][row] = min(fastest[name][row], seconds)
    return fastest


one = time_layers(torch.randn(1, 3, 224, 224), turns=25)
eight = time_layers(torch.randn(8, 3, 224, 224), turns=6)

# %% [markdown] tags=["ko"]
# ## 시간과 곱셈-덧셈 {#shares}
#
# 먼저 이미지 한 장을 원래 네트워크에 넣었을 때, 층의 종류마다 곱셈-덧셈과 시간이 얼마씩 드는지 봅니다.

# %% [markdown] tags=["en"]
# ## Time and multiply-adds {#shares}
#
# First, the plain network with one image: how much of the multiply-adds and how much of the time each kind of layer takes.

# %%
def share(amounts, kind):
    of_kind = sum(amount for row, amount in amounts.items() if row.kind == kind)
    return of_kind / sum(amounts.values())


seconds = one["plain"]
mult_adds = {row: row.mult_adds for row in seconds}
kinds = sorted({row.kind for row in seconds}, key=lambda kind: share(seconds, kind))

assert share(seconds, "3x3 depthwise") > 1.5 * share(mult_adds, "3x3 depthwise")

# %% alt_ko="층의 종류마다 막대가 둘씩 있습니다. 곱셈-덧셈은 거의 모두 1x1 합성곱에 있고, 시간은 깊이별 합성곱과 배치 정규화에도 듭니다." alt_en="Two bars for each kind of layer. Nearly all multiply-adds are in the 1x1 convolutions; time goes into depthwise convolutions and batch normalization as well."
figure, axis = plt.subplots()
for offset, name, amounts in ((0.2, "mult_adds", mult_adds), (-0.2, "seconds", seconds)):
    places = [place + offset for place in range(len(kinds))]
    lengths = [100 * share(amounts, kind) for kind in kinds]
    axis.barh(places, lengths, 0.4, label=name, hatch="//" if offset < 0 else "")
axis.set(yticks=range(len(kinds)), yticklabels=kinds, xlabel="%")
axis.legend(loc="lower right")
plt.show()

# %% tags=["ko", "remove-input"]
Markdown(f"""깊이별 합성곱은 곱셈-덧셈의 {share(mult_adds, "3x3 depthwise"):.1%}인데 시간은 {share(seconds, "3x3 depthwise"):.1%}를 차지합니다. 곱셈-덧셈으로 세지도 않는 배치 정규화(batch normalization)가 시간의 {share(seconds, "BatchNorm2d"):.1%}를 차지합니다.""")

# %% tags=["en", "remove-input"]
Markdown(f"""Depthwise convolutions have {share(mult_adds, "3x3 depthwise"):.1%} of the multiply-adds, but take {share(seconds, "3x3 depthwise"):.1%} of the time. Batch normalization, of which no multiply-adds are counted, takes {share(seconds, "BatchNorm2d"):.1%}.""")

# %% [markdown] tags=["ko"]
# ## 두 가지 한계 {#roofs}
#
# 층의 속도를 제한하는 것은 두 가지입니다. 프로세서가 곱하고 더하는 속도와, 숫자가 메모리를 드나드는 속도입니다. 앞의 것은 큰 행렬 둘을 곱해서, 뒤의 것은 큰 텐서를 복사해서 잽니다. 어느 한계에 먼저 걸리는지는 바이트 하나를 옮길 때 연산을 몇 번 하는지에 달려 있습니다. 입력과 가중치(weight)를 한 번씩 읽고 출력을 한 번 쓴다고 보고 셉니다.

# %% [markdown] tags=["en"]
# ## Two limits {#roofs}
#
# Two things limit the speed of a layer: how fast the processor multiplies and adds, and how fast numbers move to and from memory. The first is measured with a product of two large matrices, the second with a copy of a large tensor. Which of the two is reached first depends on how many operations a layer does for each byte that it moves. Here a layer is taken to read its input and its weights once and to write its output once.

# %%
def fastest(call, turns=50):
    seconds = math.inf
    for _ in range(turns):
        start = time.perf_counter()
        call()
        seconds = min(seconds, time.perf_counter() - start)
    return seconds


left, right = torch.randn(2, 512, 512)
peak = 2 * 512**3 / fastest(lambda: left @ right)  # FLOP/s

source = torch.randn(2**25)
target = torch.empty_like(source)
bandwidth = 2 * source.nbytes / fastest(lambda: target.copy_(source))  # byte/s


def intensity(row):  # FLOP/byte
    numbers = math.prod(row.input_shape) + math.prod(row.output_shape) + row.weights
    return 2 * row.mult_adds / (4 * numbers)


ridge = peak / bandwidth
highest = max(intensity(row) for row in seconds if row.kind == "3x3 depthwise")

# %% alt_ko="가로축은 바이트마다 하는 연산 수, 세로축은 속도이고 둘 다 로그 눈금입니다. 회색 선은 메모리의 속도를 나타내는 비탈로 올라가다가 행렬 곱의 속도에서 평평해집니다. 1x1 합성곱은 오른쪽 위에, 깊이별 합성곱은 그보다 왼쪽 아래에 모여 있습니다." alt_en="Operations per byte on the horizontal axis and speed on the vertical one, both on a logarithmic scale. A gray line rises with the speed of the memory and is flat at that of the matrix product. The 1x1 convolutions are at the upper right, the depthwise ones further to the left and further down."
figure, axis = plt.subplots(figsize=(5, 4))
corner = [0.4, ridge, 100]
axis.loglog(corner, [min(peak, x * bandwidth) / 1e9 for x in corner], "-", color="gray")
markers = {"1x1 convolution": "o", "3x3 depthwise": "^", "3x3 convolution": "s", "Linear": "D"}
for color, (kind, marker) in enumerate(markers.items()):
    for name, fill in (("plain", "none"), ("fold, channels_last", "full")):
        layers = [(row, t) for row, t in one[name].items() if row.kind == kind]
        x = [intensity(row) for row, _ in layers]
        y = [2 * row.mult_adds / t / 1e9 for row, t in layers]
        label = kind if fill == "full" else None
        axis.plot(x, y, marker, color=f"C{color}", fillstyle=fill, label=label)
axis.set(xlabel="FLOP / byte", ylabel="GFLOP/s")
axis.legend(loc="lower right", fontsize="small")
plt.show()

# %%
def gflops(seconds, kind):
    taken = sum(t for row, t in seconds.items() if row.kind == kind)
    return 2 * sum(row.mult_adds for row in seconds if row.kind == kind) / taken / 1e9


both = one["fold, channels_last"]
assert gflops(seconds, "1x1 convolution") > 2 * gflops(seconds, "3x3 depthwise")
assert gflops(both, "3x3 depthwise") < min(peak, highest * bandwidth) / 1e9
assert highest < max(intensity(row) for row in seconds if row.kind == "1x1 convolution")

# %% tags=["ko", "remove-input"]
Markdown(f"""행렬 곱은 {peak / 1e9:.0f} GFLOP/s, 메모리는 {bandwidth / 1e9:.1f} GB/s입니다. 바이트마다 연산을 {ridge:.0f}번 넘게 해야 메모리에 막히지 않습니다. 깊이별 합성곱은 많아야 {highest:.1f}번 하므로, 두 한계가 허락하는 속도는 {min(peak, highest * bandwidth) / 1e9:.0f} GFLOP/s까지입니다. 실제로는 {gflops(seconds, "3x3 depthwise"):.0f} GFLOP/s이고, 정규화를 합치고 채널 마지막 형식(channels-last)으로 바꾸어도 {gflops(both, "3x3 depthwise"):.0f} GFLOP/s입니다. 1×1 합성곱은 각각 {gflops(seconds, "1x1 convolution"):.0f} GFLOP/s와 {gflops(both, "1x1 convolution"):.0f} GFLOP/s입니다.""")

# %% tags=["en", "remove-input"]
Markdown(f"""The matrix product reaches {peak / 1e9:.0f} GFLOP/s, and memory {bandwidth / 1e9:.1f} GB/s. It takes more than {ridge:.0f} operations per byte before memory is no longer the limit. Depthwise convolutions do {highest:.1f} at most, so the two limits allow them up to {min(peak, highest * bandwidth) / 1e9:.0f} GFLOP/s. They reach {gflops(seconds, "3x3 depthwise"):.0f} GFLOP/s, or {gflops(both, "3x3 depthwise"):.0f} when folded and channels-last. The 1×1 convolutions reach {gflops(seconds, "1x1 convolution"):.0f} and {gflops(both, "1x1 convolution"):.0f} GFLOP/s.""")

# %% [markdown] tags=["ko"]
# 속이 빈 표시는 원래 네트워크이고, 채운 표시는 정규화를 합치고 채널 마지막 형식으로 바꾼 네트워크입니다. 회색 선은 두 한계를 나타냅니다. 비탈은 메모리의 한계, 평평한 곳은 프로세서의 한계입니다. 비탈 위로 나온 표시도 있을 수 있습니다. 비탈은 큰 텐서로 쟀지만, 특징 맵(feature map)은 프로세서의 캐시에 들어갈 만큼 작을 때도 있기 때문입니다. 선 아래에 있는 층은 두 한계 어느 쪽에도 이르지 못합니다. [특징 맵의 순서를 바꾸는 일](../fast.md#channels-last)과 층을 호출하는 일에도 시간이 들기 때문입니다. 곱셈-덧셈이 없는 배치 정규화와 ReLU는 이 그림에 놓을 자리가 없습니다. 둘이 하는 일은 거의 전부 숫자를 메모리에서 읽고 다시 쓰는 것입니다.

# %% [markdown] tags=["en"]
# Hollow marks are the plain network, filled ones the folded network with channels last. The gray line shows the two limits, memory where it slopes and the processor where it is flat. A mark can be above the slope: the slope was measured with a large tensor, while a feature map may be small enough for the processor's cache. A layer below the line reaches neither limit, since [rearranging the maps](../fast.md#channels-last) and the call itself take time as well. Batch normalization and ReLU have no multiply-adds, so they have no place in this picture; moving numbers is nearly all that they do.

# %% [markdown] tags=["ko"]
# ## 네 모델, 한 장과 여덟 장 {#ways}
#
# 같은 로짓(logit)을 내는 네 모델에서 이미지 한 장에 걸린 시간입니다. 층마다 가장 짧았던 시간을 더했습니다.

# %% [markdown] tags=["en"]
# ## Four models, one image and eight {#ways}
#
# The time for one image in four models that give the same logits. It is the sum of the fastest times of the layers.

# %% alt_ko="네 모델마다 막대가 둘씩 있습니다. 하나는 한 장씩, 하나는 여덟 장씩 넣었을 때 이미지 한 장에 걸린 시간입니다." alt_en="Two bars for each of four models: the time per image when images go through one at a time, and when they go eight at a time."
milliseconds = {
    n: [1e3 * sum(times[name].values()) / n for name in models]
    for n, times in ((1, one), (8, eight))
}
figure, axis = plt.subplots()
for offset, n in ((0.2, 1), (-0.2, 8)):
    places = [place + offset for place in range(4)]
    axis.barh(places, milliseconds[n], 0.4, label=f"N = {n}", hatch="//" if n > 1 else "")
axis.set(yticks=range(4), yticklabels=models, xlabel="ms / image")
axis.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
plt.show()

# %% tags=["check"]
images = torch.randn(2, 3, 224, 224)
for model in models.values():
    torch.testing.assert_close(model(images), plain(images), rtol=1e-3, atol=1e-4)

# %% tags=["ko", "remove-input"]
Markdown(f"""한 장씩 넣을 때 원래 네트워크는 {milliseconds[1][0]:.1f} ms, 정규화를 합치고 채널 마지막 형식으로 바꾸면 {milliseconds[1][3]:.1f} ms입니다. 여덟 장씩 넣으면 한 장에 각각 {milliseconds[8][0]:.1f} ms와 {milliseconds[8][3]:.1f} ms입니다. 바꾼 다음에도, 한 장씩 넣으면 시간의 {share(both, "3x3 depthwise"):.1%}가 깊이별 합성곱에 듭니다.""")

# %% tags=["en", "remove-input"]
Markdown(f"""One image at a time takes {milliseconds[1][0]:.1f} ms in the plain network and {milliseconds[1][3]:.1f} ms folded and channels-last; eight at a time, {milliseconds[8][0]:.1f} and {milliseconds[8][3]:.1f} ms each. Folded and channels-last, depthwise convolutions still take {share(both, "3x3 depthwise"):.1%} of the time of one image.""")

# %% [markdown] tags=["ko"]
# ## 여기서 알 수 있는 것과 없는 것 {#limits}
#
# 깊이별 합성곱은 옮기는 바이트에 비해 하는 연산이 적어서 1×1 합성곱보다 낮은 한계에 걸립니다. 그런데 여기서 잰 속도는 그 한계에도 못 미쳤습니다. 그러니 메모리만으로는 설명되지 않습니다. 나머지는 커널을 구현한 방식과 층을 호출하는 데 드는 시간입니다.
#
# 다만 이것은 컴퓨터 한 대에서 라이브러리 하나로 잰 값입니다. 메모리가 더 빠르거나, 두 단계를 한 번에 계산해 중간 결과를 메모리에 쓰지 않는 프로그램이라면 달라집니다. 여덟 장씩 넣을 때의 시간에는 [특징 맵의 메모리를 그때마다 새로 받는 시간](../fast.md#measured)이 들어 있을 수 있습니다. 층마다 시계를 보는 데에도 시간이 조금 들고, 반대로 가장 짧았던 시간만 더한 합은 네트워크 전체를 한 번 호출한 시간보다 짧을 수 있습니다. 이 페이지의 값은 한 번 실행해서 잰 것이고, timm, ONNX와 번갈아 잰 값은 [빠르게 만들기](../fast.md#worth)에 있습니다.

# %% [markdown] tags=["en"]
# ## What this shows, and what it does not {#limits}
#
# A depthwise convolution does few operations for the bytes that it moves, so its limit is lower than that of a 1×1 convolution. But the speed that was measured here does not reach that limit either, so memory alone does not explain it. What is left is how the kernel is implemented, and the time of the call.
#
# These are measurements of one library on one machine. They would differ with faster memory, or with a program that computes both steps at once and never writes what lies between them to memory. With eight images, [requesting the memory for feature maps again](../fast.md#measured) may be part of the time. Reading the clock takes a little time, too, and the sum of the fastest times can be less than what a call of the whole network takes. The figures come from a single run; those measured in turns with timm and ONNX are on the page [Make it fast](../fast.md#worth).
