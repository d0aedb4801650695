# %% [markdown] tags=["ko"] description="블로그 글의 두 네트워크 VER1과 VER2를 실제 이미지로 학습해, 잘못 하나하나가 정확도를 얼마나 떨어뜨리는지 MobileNetV1과 나란히 잽니다."
# # VER1과 VER2는 무엇을 배울 수 있는가 {#post}
#
# [VER1](../ver1.md#not-shown)은 선형이고, [VER2](../ver2.md#not-shown)는 이미지 한 장에 행을 여러 개 내놓습니다. 코드만 보아도 알 수 있는 잘못입니다. 그 잘못이 정확도(accuracy)를 얼마나 떨어뜨리는지는 학습(training)해 보아야 압니다.

# %% [markdown] tags=["en"] description="The post's networks VER1 and VER2, trained on real images beside MobileNetV1: what each of their mistakes costs in accuracy, measured."
# # What VER1 and VER2 can learn {#post}
#
# [VER1](../ver1.md#not-shown) is linear, and [VER2](../ver2.md#not-shown) gives several rows for one image. That much can be seen from their code. Only training can tell what these mistakes cost in accuracy.

# %%
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from IPython.display import Markdown
from sklearn.linear_model import LogisticRegression
from torch import nn

from mobilenet import MobileNetV1, ver1, ver2
from mobilenet.digits import Split, accuracy, load_digits, train

plt.style.use("mobilenet.plots")
torch.manual_seed(0)
torch.set_num_threads(2)

# %% [markdown] tags=["ko"]
# ## 두 가지 잉크로 쓴 숫자 {#data}
#
# 이미지는 손으로 쓴 숫자입니다. VER1과 VER2, 나란히 견줄 MobileNetV1은 모두 채널(channel)이 셋인 이미지를 받으므로, 하나뿐인 채널을 세 번 겹쳐 넣습니다. 크기는 36×36으로 늘립니다. 32×32로는 VER2에 위치가 하나만 남아 잘못이 드러나지 않습니다. 그리고 두 장에 한 장은 밝기를 뒤집습니다. 사람은 검은 글씨든 흰 글씨든 잘 읽습니다.
#
# 시간을 아끼려고 이미지는 절반만 쓰고, 몇 에포크(epoch)만 학습합니다. 그러니 정확도는 서로 견주는 데에만 쓰며, 이 네트워크들이 낼 수 있는 가장 높은 값은 아닙니다.

# %% [markdown] tags=["en"]
# ## Digits in two inks {#data}
#
# The images are handwritten digits. VER1, VER2 and MobileNetV1, which is compared with them, all take images with three channels, so the single channel of a digit is repeated three times. The images are enlarged to 36×36: at 32×32, VER2 would be left with one position, and its mistake would not show. And every second image is inverted. People can read dark ink on white as well as white ink on dark.
#
# To save time, only half of the images are used, for a few epochs. The accuracies are there to be compared with each other; they are not the best that these networks can reach.

# %%
def prepared(split):
    images = F.interpolate(split.images[::2], size=(36, 36), mode="bilinear")
    images[1::2] = 1 - images[1::2]
    return Split(images.repeat(1, 3, 1, 1), split.labels[::2])


written, written_test = load_digits()
training, test = prepared(written), prepared(written_test)

# %% alt_ko="손으로 쓴 숫자 열두 개. 여섯은 검은 글씨이고 여섯은 흰 글씨입니다." alt_en="Twelve handwritten digits, six of them dark on white and six white on dark."
figure, axes = plt.subplots(2, 6, figsize=(5, 1.8))
for axis, image in zip(axes.flat, test.images[::19]):
    axis.imshow(image[0], cmap="gray_r", vmin=0, vmax=1)
    axis.axis("off")
plt.show()

# %% [markdown] tags=["ko"]
# ## VER1: 선형이라는 것 {#linear}
#
# VER1의 `forward`는 특징 맵(feature map)에서 끝나고, 만들어 둔 `fc`를 호출하지 않습니다. 그래서 모든 위치의 평균을 내어 `fc`에 넣는 일을 여기서 대신 합니다. `fc`에 편향(bias)이 있으므로, 전체는 이미지를 선형 변환한 다음 상수를 더하는 것이 됩니다. 실제 이미지 두 장으로 확인합니다.

# %% [markdown] tags=["en"]
# ## VER1: what linear means {#linear}
#
# VER1's `forward` ends with a feature map, and never calls the `fc` that the network has. So we do that for it: we average over the positions and apply `fc`. Since `fc` has a bias, the whole is a linear map of the image plus a constant. Two real images confirm it.

# %%
class Answer(nn.Module):
    """A network of the post, and what makes ten logits an image of its output."""

    def __init__(self, network, answer):
        super().__init__()
        self.network, self.answer = network, answer

    def forward(self, images):
        return self.answer(self.network, images)


def pooled(network, images):
    return network.fc(network(images).mean(dim=(2, 3)))


exact = Answer(ver1.MobileNet(cls=10), pooled).double()
a, b = test.images[:2].double().split(1)
with torch.no_grad():
    torch.testing.assert_close(exact(a) + exact(b) - exact(0 * a), exact(a + b))

# %% [markdown] tags=["ko"]
# 이런 네트워크는 이미지와 그 밝기를 뒤집은 이미지에 서로 상관없이 답할 수 없습니다. 둘의 로짓(logit)을 더하면 어느 숫자를 쓴 이미지든 합이 똑같기 때문입니다. 한쪽에서 어떤 클래스의 점수가 높으면 다른 쪽에서는 그만큼 낮습니다.

# %% [markdown] tags=["en"]
# Such a network cannot give independent answers for an image and for its inverse. The logits of the two add up to the same numbers, whatever the digit is: the higher a class scores for the one, the lower it scores for the other.

# %% tags=["check"]
with torch.no_grad():
    sums = exact(test.images[:20].double()) + exact(1 - test.images[:20].double())
torch.testing.assert_close(sums, sums[:1].expand_as(sums))

# %% [markdown] tags=["ko"]
# ## VER1: 학습해 보기 {#ver1}
#
# PyTorch가 정해 주는 초기 가중치(weight)로는 층을 지날 때마다 값이 작아지는데, VER1에는 그것을 되돌릴 정규화가 없습니다. 그래서 두 번 학습합니다. 한 번은 글 그대로, 한 번은 값의 크기를 지켜 주는 가중치에서 시작합니다. 선형 모델이 어디까지 할 수 있는지는 scikit-learn의 `LogisticRegression`을 픽셀 값으로 바로 학습해서 알아봅니다. 이때 이미지는 데이터의 원래 크기인 8×8로 되돌립니다.

# %% [markdown] tags=["en"]
# ## VER1, trained {#ver1}
#
# With PyTorch's default initial weights, the numbers get smaller from layer to layer, and VER1 has no normalization to undo that. So it is trained twice: as the post has it, and from initial weights that keep the numbers' size. To see how far anything linear can get, scikit-learn's `LogisticRegression` is trained on the pixels themselves, scaled back to the 8×8 of the original data.

# %% tags=["check"]
numbers = test.images[:20].double()
for layer in exact.network.modules():
    if isinstance(layer, nn.Conv2d):
        before, numbers = numbers, layer(numbers).detach()
        assert numbers.square().mean() < before.square().mean()

# %%
def keep_size(module):
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, nonlinearity="linear")


as_posted = Answer(ver1.MobileNet(cls=10), pooled)
kept = Answer(ver1.MobileNet(cls=10).apply(keep_size), pooled)
for model in (as_posted, kept):
    train(model, training, test, epochs=2, seed=0, learning_rate=0.001)


def logistic_regression(training, test):
    def pixels(split):
        return F.adaptive_avg_pool2d(split.images[:, 0], 8).flatten(1).numpy()

    model = LogisticRegression(max_iter=2000)
    model.fit(pixels(training), training.labels.numpy())
    return model.score(pixels(test), test.labels.numpy())


results = {
    "VER1": accuracy(as_posted, test),
    "VER1, keep_size": accuracy(kept, test),
    "LogisticRegression": logistic_regression(training, test),
}
one_ink = logistic_regression(written, written_test)

# %% tags=["ko", "remove-input"]
Markdown(f"""글 그대로인 VER1의 정확도는 {results["VER1"]:.1%}, 초기 가중치를 바꾼 VER1은 {results["VER1, keep_size"]:.1%}, `LogisticRegression`은 {results["LogisticRegression"]:.1%}입니다. 숫자가 열 가지이므로 찍기만 해도 열에 하나는 맞힙니다. 뒤집지 않은 숫자라면 `LogisticRegression`도 {one_ink:.1%}를 맞힙니다. 뒤집지 않은 숫자로만 재었다면 선형이라는 잘못은 거의 드러나지 않았을 것입니다.""")

# %% tags=["en", "remove-input"]
Markdown(f"""VER1 as posted has an accuracy of {results["VER1"]:.1%}, VER1 with other initial weights {results["VER1, keep_size"]:.1%}, and `LogisticRegression` {results["LogisticRegression"]:.1%}. There are ten digits, so guessing is right one time in ten. Without inverted images, even `LogisticRegression` gets {one_ink:.1%} right. On such images alone, the mistake of being linear would hardly have shown.""")

# %% tags=["check"]
linear = ("VER1", "VER1, keep_size", "LogisticRegression")
assert all(results[name] < 0.5 for name in linear)
assert one_ink > 0.8

# %% [markdown] tags=["ko"]
# ## VER2: 여러 행을 하나로 {#rows}
#
# VER2는 활성화 함수(activation function)와 배치 정규화(batch normalization)가 있어 선형이 아닙니다. 그러나 답이 이미지마다 하나가 아닙니다. 행의 수는 마지막 특징 맵의 위치 수와 같습니다. 32×32 이미지에서는 행이 하나뿐이라 잘못이 보이지 않습니다.

# %% [markdown] tags=["en"]
# ## VER2: rows to sort out {#rows}
#
# VER2 has activation functions and batch normalization, so it is not linear. But it gives more than one answer for an image: as many rows as the last feature map has positions. For images of 32×32 there is only one, and the mistake cannot be seen.

# %%
torch.manual_seed(0)
posted = ver2.MobileNet()
for size in (32, 36, 64, 96):
    print(size, *posted.eval()(torch.zeros(1, 3, size, size)).shape)

try:
    F.cross_entropy(posted(training.images[:8]), training.labels[:8])
except ValueError as error:
    print(error)

# %% [markdown] tags=["ko"]
# PyTorch는 행의 수와 레이블(label)의 수가 다르다며 학습을 거부합니다. 가장 쉽게 피해 가는 방법은 한 이미지의 행들을 평균 내는 것입니다. 다만 [행은 위치가 아니라](../ver2.md#mixed) 채널 몇 개씩을 끊어 담은 것입니다. 바로잡은 네트워크인 [MobileNetV1](../mobilenetv1.md)도 똑같이 학습해 견줍니다. 두 네트워크 모두 분류기(classifier)의 클래스 수는 글에 있는 대로 두고, 앞의 열 개만 씁니다.

# %% [markdown] tags=["en"]
# PyTorch refuses to train, because there are more rows than labels. The easy way out is to average the rows of an image, although [a row is not a position](../ver2.md#mixed) but a few of the channels. For comparison, [MobileNetV1](../mobilenetv1.md), the network that does it right, is trained in the same way. Both classifiers keep the post's number of classes, and only the first ten are used.

# %%
def rows(network, images):
    return network(images).unflatten(0, (len(images), -1))[..., :10]


averaged = Answer(posted, lambda network, images: rows(network, images).mean(1))
right = Answer(MobileNetV1(), lambda network, images: network(images)[:, :10])
for model in (averaged, right):
    train(model, training, test, epochs=4, seed=0, batch_size=16, learning_rate=0.003)

results["VER2, rows averaged"] = accuracy(averaged, test)
results["MobileNetV1"] = accuracy(right, test)

# %% [markdown] tags=["ko"]
# 한 네트워크의 가중치를 다른 네트워크에 넣을 수도 있습니다. 모양과 순서가 같기 때문입니다. 이때 달라지는 것은 [코드 두 줄](../mobilenetv1.md#changed)뿐입니다. 학습한 VER2에서 행을 하나만 읽어 볼 수도 있습니다.

# %% [markdown] tags=["en"]
# The weights of either network also fit into the other, since their shapes and order are the same. Only [two lines of code](../mobilenetv1.md#changed) then differ. And it is possible to read just one row of the trained VER2.

# %%
def copied(source, target):
    target.load_state_dict(dict(zip(target.state_dict(), source.state_dict().values())))
    return target


into_ver2 = Answer(copied(right.network, ver2.MobileNet()), averaged.answer)
into_right = Answer(copied(averaged.network, MobileNetV1()), right.answer)
first = Answer(averaged.network, lambda network, images: rows(network, images)[:, 0])

results["MobileNetV1 → VER2"] = accuracy(into_ver2, test)
results["VER2 → MobileNetV1"] = accuracy(into_right, test)
results["VER2, rows[0]"] = accuracy(first, test)

# %% [markdown] tags=["ko"]
# ## 잘못마다 치르는 값 {#cost}

# %% [markdown] tags=["en"]
# ## What each mistake costs {#cost}

# %% alt_ko="네트워크마다 정확도를 나타내는 막대. 선형인 것은 모두 짧고, MobileNetV1과 행을 평균 낸 VER2는 길며, 가중치만 옮겨 넣은 것은 짧습니다. 점선은 찍었을 때의 정확도입니다." alt_en="A bar for the accuracy of each network. The bars of everything linear are short, those of MobileNetV1 and of VER2 with averaged rows are long, and those of weights moved from one network to the other are short again. A dotted line marks guessing."
figure, axis = plt.subplots(figsize=(5, 3.4))
names = list(results)[::-1]
bars = axis.barh(names, [100 * results[name] for name in names], color="C0")
axis.bar_label(bars, fmt="%.0f", padding=3)
axis.axvline(10, color="gray", linestyle=":")
axis.set(xlim=(0, 105), xlabel="%")
plt.show()

# %% tags=["ko", "remove-input"]
Markdown(f"""행을 평균 내어 학습한 VER2의 정확도는 {results["VER2, rows averaged"]:.1%}, MobileNetV1은 {results["MobileNetV1"]:.1%}입니다. 그러나 MobileNetV1의 가중치를 VER2에 넣으면 {results["MobileNetV1 → VER2"]:.1%}, 거꾸로 VER2의 가중치를 MobileNetV1에 넣으면 {results["VER2 → MobileNetV1"]:.1%}가 되고, VER2에서 첫 행만 읽으면 {results["VER2, rows[0]"]:.1%}입니다.""")

# %% tags=["en", "remove-input"]
Markdown(f"""VER2, trained with its rows averaged, has an accuracy of {results["VER2, rows averaged"]:.1%}, and MobileNetV1 has {results["MobileNetV1"]:.1%}. But MobileNetV1's weights in VER2 reach {results["MobileNetV1 → VER2"]:.1%}, VER2's weights in MobileNetV1 {results["VER2 → MobileNetV1"]:.1%}, and the first of VER2's rows alone {results["VER2, rows[0]"]:.1%}.""")

# %% tags=["check"]
assert results["MobileNetV1"] > 0.2 + max(results[name] for name in linear)
assert results["VER2, rows averaged"] > 0.2 + max(results[name] for name in linear)
assert results["MobileNetV1"] > 0.2 + results["MobileNetV1 → VER2"]
assert results["VER2, rows averaged"] > 0.2 + results["VER2 → MobileNetV1"]

# %% [markdown] tags=["ko"]
# - **선형**이라는 잘못은 학습으로 메울 수 없습니다. 네트워크가 아무리 깊어도 행렬 하나가 하지 못하는 일은 하지 못합니다.
# - **행이 뒤섞여도** 학습은 됩니다. 뒤섞인 순서가 늘 같으므로 네트워크가 그 순서에 맞추어 배우기 때문입니다. 값은 다른 데서 치릅니다. 모양이 똑같은 가중치인데도 바로잡은 네트워크와 서로 바꾸어 쓸 수 없고, 그 사실을 알려 주는 것도 없습니다. 그런 체크포인트(checkpoint)를 불러온 사람은 오류 대신 틀린 답을 받게 됩니다.
#
# 여기서 알 수 없는 것도 있습니다. 이미지가 작아서 행이 적으므로, 행이 훨씬 많은 원래 크기에서 어떻게 되는지는 알 수 없습니다. 시드 하나로 짧게 학습했으므로 VER2와 MobileNetV1의 차이에도 의미를 둘 수 없습니다. 정말 차이가 있는지 알아보려면 [정확도 실험](accuracy.ipynb)처럼 시드를 여러 개 써서 재야 합니다.

# %% [markdown] tags=["en"]
# - Training cannot make up for a **linear** network. However deep it is, it does nothing that one matrix could not do.
# - With **mixed rows**, a network learns all the same: they are always mixed in the same order, and the network adapts to it. The price is paid elsewhere. The weights cannot be exchanged with those of the right network, although their shapes are exactly the same, and no error says so: if you load such a checkpoint, you only get wrong answers.
#
# Some things are not shown here. The images are small, so there are few rows; this does not tell what happens with the many more rows of the original size. After one short training with one seed, a difference between VER2 and MobileNetV1 means nothing: to find out whether there is one takes several seeds, as in [the lab on accuracy](accuracy.ipynb).
