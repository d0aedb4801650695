# %% [markdown] tags=["ko"]
# # 시간이 드는 곳 {#roofline}
#
# 깊이별 합성곱(depthwise convolution)에는 곱셈-덧셈(multiply-add)이 거의 없습니다. 그런데 왜 시간이 적지 않게 들까요? MobileNetV1의 층(layer)마다 속도를 재서 프로세서가 낼 수 있는 속도와 나란히 놓아 봅니다. 시간은 모두 이 페이지를 만든 컴퓨터에서 쟀습니다.

# %% [markdown] tags=["en"]
# # Where the time goes {#roofline}
#
# Depthwise convolutions have next to no multiply-adds. Why do they take time all the same? Here the speed of each layer of MobileNetV1 is put beside what the processor can do. All times are of the machine that built this page.

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
# 이미지가 네트워크를 지나가는 동안 층마다 걸린 시간을 잽니다. 네 가지 모델이 번갈아 차례를 갖고, 층마다 가장 빨랐던 때만 남깁니다. 컴퓨터가 다른 일을 하면 시간은 늘어날 뿐 줄지 않기 때문입니다. `fold`와 `channels_last`가 하는 일은 [빠르게 만들기](../fast.md#fold)에 있습니다.

# %% [markdown] tags=["en"]
# ## Layer by layer {#time}
#
# The clock is read before and after each layer, on the way of the images through the network. Four models take turns, and of each layer the fastest time is kept, since whatever else the machine does can only add to it. What `fold` and `channels_last` do is on the page [Make it fast](../fast.md#fold).

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


one = time_layers(torch.randn(1, 3, 224, 224), turns=40)
eight = time_layers(torch.randn(8, 3, 224, 224), turns=10)

# %% [markdown] tags=["ko"]
# ## 시간과 곱셈-덧셈 {#shares}
#
# 먼저 이미지 한 장을 원래 네트워크에 넣었을 때, 층의 종류마다 곱셈-덧셈과 시간이 얼마씩인지 봅니다.

# %% [markdown] tags=["en"]
# ## Time and multiply-adds {#shares}
#
# First the plain network with one image: how much of the multiply-adds and of the time is in each kind of layer.

# %%
def share(amounts, kind):
    return sum(n for row, n in amounts.items() if row.kind == kind) / sum(amounts.values())


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

# %% tags=["ko"]
Markdown(f"""깊이별 합성곱은 곱셈-덧셈의 {share(mult_adds, "3x3 depthwise"):.1%}인데 시간의 {share(seconds, "3x3 depthwise"):.1%}가 듭니다. 곱셈-덧셈으로 세지 않는 배치 정규화(batch normalization)에는 {share(seconds, "BatchNorm2d"):.1%}가 듭니다.""")

# %% tags=["en"]
Markdown(f"""Depthwise convolutions are {share(mult_adds, "3x3 depthwise"):.1%} of the multiply-adds, and {share(seconds, "3x3 depthwise"):.1%} of the time. Batch normalization, which counts as no multiply-adds, takes {share(seconds, "BatchNorm2d"):.1%}.""")

# %% [markdown] tags=["ko"]
# ## 두 가지 한계 {#roofs}
#
# 층은 두 가지보다 빠를 수 없습니다. 프로세서가 곱하고 더하는 속도와, 숫자가 메모리를 드나드는 속도입니다. 앞의 것은 큰 행렬 둘을 곱해서, 뒤의 것은 큰 텐서를 베껴서 잽니다. 어느 쪽이 먼저 막는지는 1바이트를 옮길 때마다 연산을 몇 번 하는지에 달려 있습니다. 입력과 가중치를 한 번씩 읽고 출력을 한 번 쓴다고 보고 셉니다.

# %% [markdown] tags=["en"]
# ## Two limits {#roofs}
#
# A layer can be no faster than two things allow: the processor multiplies and adds at some speed, and numbers come from memory and go back to it at another. The first is measured with a product of two large matrices, the second with a copy of a large tensor. Which of them is in the way depends on how many operations a layer does with each byte that it moves, if it reads its input and its weights once, and writes its output once.

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


assert all(intensity(row) < peak / bandwidth for row in seconds if row.kind == "3x3 depthwise")

# %% alt_ko="가로축은 바이트마다 하는 연산 수, 세로축은 속도입니다. 1x1 합성곱은 오른쪽 위, 행렬 곱의 속도를 나타내는 가로선 가까이에 있고, 깊이별 합성곱은 메모리의 속도를 나타내는 비탈이 있는 왼쪽 아래에 모여 있습니다." alt_en="Operations per byte across, speed upwards. The 1x1 convolutions are at the upper right, near the flat line of the matrix product; the depthwise ones gather at the lower left, where the slope of the memory is."
figure, axis = plt.subplots(figsize=(5, 4))
bytes_ = [0.4, peak / bandwidth, 100]
axis.loglog(bytes_, [min(peak, x * bandwidth) / 1e9 for x in bytes_], color="gray", marker="")
for kind, marker in (("1x1 convolution", "o"), ("3x3 depthwise", "^"), ("3x3 convolution", "s"), ("Linear", "D")):
    for name, fill in (("plain", "none"), ("fold, channels_last", "full")):
        rows = [row for row in one[name] if row.kind == kind]
        speed = [2 * row.mult_adds / one[name][row] / 1e9 for row in rows]
        label = kind if fill == "full" else None
        color={"o":"C0","^":"C1","s":"C2","D":"C3"}[marker]
        axis.plot([intensity(row) for row in rows], speed, marker, color=color, fillstyle=fill, label=label)
axis.set(xlabel="FLOP / byte", ylabel="GFLOP/s")
axis.legend(loc="lower right", fontsize="small")
plt.show()

# %%
print(peak/1e9, bandwidth/1e9)
for n, d in ((1, one), (8, eight)):
    for name in d:
        print(n, name, sum(d[name].values())*1e3/n, {k: f"{share(d[name],k):.1%}" for k in kinds}, fastest(lambda: models[name](torch.randn(n,3,224,224)), 5)*1e3/n)
