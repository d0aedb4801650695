# %% [markdown] tags=["ko"] description="사진 한 장을 깊이별 합성곱과 점별 합성곱에 통과시켜 특징 맵을 보고, 숫자 하나가 어디까지 퍼지는지, 학습한 커널이 어떻게 생겼는지 살펴봅니다."
# # 안을 들여다보기 {#inside}
#
# [깊이별 분리 합성곱](../theory.md)(depthwise separable convolution)의 두 단계는 저마다 무엇을 보고 무엇을 보지 못할까요? 사진 한 장을 두 단계에 차례로 넣어 봅니다.

# %% [markdown] tags=["en"] description="A photograph on its way through a depthwise and a pointwise convolution: the feature maps, how far one number reaches, and what learned kernels look like."
# # Looking inside {#inside}
#
# What does each of the two steps of a [depthwise separable convolution](../theory.md) see, and what can it not see? To find out, a photograph goes through one, then through the other.

# %%
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from IPython.display import Markdown
from sklearn.datasets import load_sample_image
from torch import nn

from mobilenet.digits import DigitsNet, accuracy, load_digits, seeded, train

plt.style.use("mobilenet.plots")
torch.manual_seed(0)
torch.set_num_threads(2)

# %% [markdown] tags=["ko"]
# ## 사진과 채널 {#photo}
#
# 사진은 채널(channel)이 셋인 텐서입니다. 채널 하나하나는 흑백 이미지입니다.

# %% [markdown] tags=["en"]
# ## A photograph and its channels {#photo}
#
# The photograph is a tensor with three channels. Each of them is an image in shades of gray.

# %% tags=["photo"] alt_ko="나무 사이에 솟은 중국식 누각 사진. 옆에 빨강, 초록, 파랑 채널이 흑백으로 있습니다." alt_en="A photograph of a Chinese pagoda among trees, and beside it its red, green and blue channels in shades of gray."
pixels = torch.tensor(load_sample_image("china.jpg"))[:400, :400]
photo = F.avg_pool2d(pixels.permute(2, 0, 1)[None] / 255, 2)  # (1, 3, 200, 200)


def show(planes, labels):
    _, axes = plt.subplots(1, len(planes), figsize=(5, 5 / len(planes)))
    for axis, plane, label in zip(axes, planes, labels):
        most = plane.abs().max()
        axis.imshow(plane, vmin=-most if plane.min() < 0 else 0, vmax=most)
        axis.text(5, 8, label, va="top", color="white", backgroundcolor="black")
        axis.axis("off")
    plt.show()


show([photo[0].permute(1, 2, 0), *photo[0]], ["RGB", "R", "G", "B"])

# %% [markdown] tags=["ko"]
# ## 깊이별: 채널마다 따로 {#depthwise}
#
# 깊이별 합성곱(depthwise convolution)에는 채널마다 커널(kernel)이 하나씩 있습니다. 손으로 만든 커널을 넣어 봅니다. 빨강에는 왼쪽과 오른쪽의 차이를 내는 커널, 초록에는 위와 아래의 차이를 내는 커널, 파랑에는 둘레의 평균을 내는 커널입니다. 회색이 0이고, 밝으면 양수, 어두우면 음수입니다. 평균에서는 검은색이 0입니다.

# %% [markdown] tags=["en"]
# ## Depthwise: each channel by itself {#depthwise}
#
# A depthwise convolution has one kernel for each channel. These kernels are made by hand: the one for red takes the difference between right and left, the one for green that between below and above, and the one for blue averages the neighborhood. Gray is 0, brighter is positive, darker is negative; in the average, black is 0.

# %% tags=["photo"] alt_ko="특징 맵 세 장. 첫째는 누각의 세로 윤곽만, 둘째는 처마의 가로 윤곽만 남았고, 셋째는 흐려진 사진입니다." alt_en="Three feature maps. In the first, only the vertical edges of the pagoda are left, in the second only the horizontal ones of its roofs, and the third is a blurred photograph."
difference = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
average = torch.full((3, 3), 1 / 9)
kernels = torch.stack([difference, difference.T, average])[:, None]  # (3, 1, 3, 3)

show(F.conv2d(photo, kernels, padding=1, groups=3)[0], ["R ↔", "G ↕", "B ▦"])

# %% [markdown] tags=["ko"]
# 윤곽은 보이지만 색은 보이지 않습니다. 빨강과 초록을 견주는 일은 어떤 깊이별 커널로도 할 수 없습니다.

# %% [markdown] tags=["en"]
# There are edges now, but no colors. No kernel of a depthwise convolution can compare red with green.

# %% [markdown] tags=["ko"]
# ## 점별: 위치마다 따로 {#pointwise}
#
# 점별 합성곱(pointwise convolution)은 거꾸로 채널을 섞습니다. 여기서는 밝기 하나와 색의 차이 둘을 내게 합니다.

# %% [markdown] tags=["en"]
# ## Pointwise: each position by itself {#pointwise}
#
# A pointwise convolution does the opposite: it mixes channels. Here it computes the brightness and two differences between colors.

# %% tags=["photo"] alt_ko="특징 맵 세 장. 밝기, 빨강에서 초록을 뺀 것, 파랑에서 빨강을 뺀 것입니다. 둘째에서는 누각의 붉은 벽이, 셋째에서는 하늘이 밝습니다." alt_en="Three feature maps: brightness, red minus green, and blue minus red. In the second the red walls of the pagoda are bright, in the third the sky."
mixing = torch.tensor([[0.3, 0.6, 0.1], [1, -1, 0], [-1, 0, 1]])[:, :, None, None]

show(F.conv2d(photo, mixing)[0], ["Y", "R − G", "B − R"])

# %% [markdown] tags=["ko"]
# 이번에는 색이 보이지만, 윤곽을 찾는 일은 어떤 가중치(weight)로도 할 수 없습니다. 이웃한 픽셀을 보지 못하기 때문입니다.

# %% [markdown] tags=["en"]
# There are colors now, but no choice of weights would make a pointwise convolution find an edge, since it does not see neighboring pixels.

# %% [markdown] tags=["ko"]
# ## 숫자 하나가 퍼지는 곳 {#reach}
#
# 혹시 커널을 잘못 골라서 그런 것은 아닐까요? 이번에는 가중치를 난수로 두고 사진의 숫자를 딱 하나, 가운데 채널에 있는 한 픽셀의 값만 바꿉니다. 그리고 출력에서 달라진 숫자를 모두 찾습니다. 그림의 행은 합성곱, 열은 출력 채널이며, 바꾼 픽셀의 둘레만 그렸습니다.

# %% [markdown] tags=["en"]
# ## Where one number goes {#reach}
#
# Was it just a bad choice of kernels? This time the weights are random, and exactly one number of the photograph is changed: the value of one pixel in the middle channel. Then we look for every number of the output that is no longer the same. Each row of the picture is a convolution, each column an output channel; only the surroundings of that pixel are drawn.

# %%
depthwise = nn.Conv2d(3, 3, kernel_size=3, padding=1, groups=3, bias=False)
pointwise = nn.Conv2d(3, 3, kernel_size=1, bias=False)
layers = {
    "depthwise": depthwise,
    "pointwise": pointwise,
    "both": nn.Sequential(depthwise, pointwise),
    "standard": nn.Conv2d(3, 3, kernel_size=3, padding=1, bias=False),
}
touched = photo.clone()
touched[0, 1, 100, 100] += 1

changed = {name: (layer(touched) != layer(photo))[0] for name, layer in layers.items()}

# %% alt_ko="행 넷과 열 셋의 격자. depthwise는 가운데 열에만 3×3 칸, pointwise는 세 열 모두에 한 칸, both와 standard는 세 열 모두에 3×3 칸이 칠해져 있습니다." alt_en="A grid of four rows and three columns. In the row “depthwise”, 3×3 squares are filled in the middle column only; in “pointwise”, one square in each column; in “both” and in “standard”, 3×3 squares in each column."
figure, axes = plt.subplots(4, 3, figsize=(4, 5))
for row, name in zip(axes, layers):
    row[0].set_ylabel(name)
    for axis, plane in zip(row, changed[name]):
        axis.imshow(plane[97:104, 97:104], cmap="gray_r", vmin=0, vmax=1.5)
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(True)
plt.show()

# %% tags=["check"]
position = torch.zeros(200, 200, dtype=torch.bool)
position[100, 100] = True
window = torch.zeros(200, 200, dtype=torch.bool)
window[99:102, 99:102] = True
nowhere = torch.zeros_like(window)

assert torch.equal(changed["depthwise"], torch.stack([nowhere, window, nowhere]))
assert torch.equal(changed["pointwise"], position.expand(3, 200, 200))
assert torch.equal(changed["both"], window.expand(3, 200, 200))
assert torch.equal(changed["standard"], window.expand(3, 200, 200))

# %% [markdown] tags=["ko"]
# 숫자 하나는 깊이별 합성곱에서는 같은 채널의 제자리와 이웃한 위치에만, 점별 합성곱에서는 같은 위치의 모든 채널에만 전해집니다. 둘을 이으면 일반 합성곱(standard convolution)과 똑같은 곳에 닿습니다. 그러나 닿는 곳이 같다고 할 수 있는 일까지 같지는 않습니다. 무엇을 잃는지는 [앞에서](../theory.md#what-is-given-up) 보았습니다.

# %% [markdown] tags=["en"]
# A depthwise convolution passes a number on to its own position and the neighboring ones, in its own channel; a pointwise convolution passes it on to all channels, at its own position. One after the other, they reach exactly what a standard convolution reaches. That does not mean that they can do everything it can: [what is given up](../theory.md#what-is-given-up) was shown before.

# %% [markdown] tags=["ko"]
# ## 학습한 커널 {#learned}
#
# 학습(training)하면 손으로 만든 것과 같은 커널이 나올까요? 손글씨 숫자를 알아보도록 작은 네트워크를 몇 초 동안 학습하고, 첫 블록의 깊이별 커널을 학습하기 전과 나란히 봅니다.

# %% [markdown] tags=["en"]
# ## Learned kernels {#learned}
#
# Does training find kernels like those made by hand? A small network is trained on handwritten digits for a few seconds. Here are the depthwise kernels of its first block, before and after.

# %%
training, test = load_digits()
with seeded(0):
    model = DigitsNet(separable=True)
kernel = model.blocks[0].depthwise.conv.weight
before = kernel.detach().clone()
train(model, training, test, epochs=3, seed=0)
after = kernel.detach()

# %% alt_ko="3×3 커널 여덟 개씩 두 줄. 윗줄은 학습하기 전, 아랫줄은 학습한 다음입니다. 아랫줄의 커널마다 윗줄의 무늬가 알아볼 수 있게 남아 있습니다." alt_en="Two rows of eight 3×3 kernels, above before training and below after it. In each kernel of the lower row, the pattern of the one above it can be recognized."
figure, axes = plt.subplots(2, 8, figsize=(5, 1.6))
for row, weights, name in zip(axes, (before, after), ("0", "3")):
    row[0].set_ylabel(name, rotation=0, labelpad=10, va="center")
    for axis, plane in zip(row, weights[:, 0]):
        axis.imshow(plane, vmin=-1, vmax=1)
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
plt.show()

# %% [markdown] tags=["ko"]
# 커널이 거의 그대로인 것 같습니다. 그렇다면 깊이별 커널은 모두 난수인 채로 고정하고 나머지만 학습해도 될까요?

# %% [markdown] tags=["en"]
# The kernels seem to have hardly changed. Would it be enough, then, to leave all depthwise kernels random and train only the rest?

# %%
alike = F.cosine_similarity(before.flatten(1), after.flatten(1))

with seeded(0):
    frozen = DigitsNet(separable=True)
for block in frozen.blocks:
    block.depthwise.conv.weight.requires_grad_(False)
train(frozen, training, test, epochs=3, seed=0)

assert alike.median() > 0.5
assert accuracy(model, test) > 0.8
assert accuracy(frozen, test) > 0.8

# %% tags=["ko", "remove-input"]
Markdown(f"""커널마다 학습 전과 후의 코사인 유사도를 구하면 중앙값이 {alike.median():.2f}, 최솟값이 {alike.min():.2f}입니다. 1이면 방향이 같고, 0이면 서로 상관이 없습니다. 전체를 학습한 네트워크의 정확도(accuracy)는 {accuracy(model, test):.1%}, 깊이별 커널을 난수로 둔 네트워크는 {accuracy(frozen, test):.1%}입니다.""")

# %% tags=["en", "remove-input"]
Markdown(f"""The cosine similarity of the kernels before and after training has a median of {alike.median():.2f} and a minimum of {alike.min():.2f}, where 1 means the same direction and 0 no relation. The network that was trained as a whole has an accuracy of {accuracy(model, test):.1%}, the one with random depthwise kernels {accuracy(frozen, test):.1%}.""")

# %% [markdown] tags=["ko"]
# 그러니 커널 그림에서 윤곽을 찾는 듯한 무늬가 보이더라도 조심해야 합니다. 난수에도 그런 무늬는 있습니다. 여기서는 깊이별 커널을 뺀 나머지 가중치만 학습해도 숫자를 알아볼 수 있었습니다. 난수 커널도 이웃한 픽셀을 저마다 다르게 보기 때문에, 그중 쓸모 있는 것을 골라 섞으면 됩니다.
#
# 다만 이것은 작은 네트워크를 쉬운 데이터로 짧게 학습한 결과입니다. ImageNet으로 오래 학습한 커널이 어떻게 생겼는지, 그때도 난수로 충분한지는 여기서 알 수 없습니다.

# %% [markdown] tags=["en"]
# So be careful when a kernel looks as if it finds edges: random kernels can look like that, too. Here, training all the other weights was enough to learn the digits. Random kernels look at neighboring pixels as well, each in its own way, and mixing can pick out what is useful.
#
# But this is a small network after a short training on easy data. It does not tell what kernels look like after a long training on ImageNet, or whether random ones would be enough there.
