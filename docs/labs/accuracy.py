# %% [markdown] tags=["ko"] description="같은 네트워크를 깊이별 분리 합성곱과 일반 합성곱으로 만들어 실제 이미지로 학습하고, 매개변수와 곱셈-덧셈, 시간, 여러 시드의 정확도를 견줍니다."
# # 정확도는 유지되는가 {#accuracy}
#
# 깊이별 분리 합성곱(depthwise separable convolution)은 연산량(compute)을 크게 줄이면서 성능은 유지한다고들 합니다. [논문의 ImageNet 결과](../multipliers.md#table-4)도 그렇습니다. 여기서는 작은 네트워크를 두 방식으로 만들어 직접 학습(training)해 봅니다.

# %% [markdown] tags=["en"] description="The same network with depthwise separable and with full convolutions, trained on real images: parameters, multiply-adds, time, and accuracy over several seeds."
# # Does accuracy hold? {#accuracy}
#
# Depthwise separable convolutions are said to save most of the compute and still keep the performance. [The paper's results on ImageNet](../multipliers.md#table-4) say so. To see for ourselves, we build a small network both ways and train it.

# %%
import math
from statistics import mean, stdev

import matplotlib.pyplot as plt
import torch
from IPython.display import Markdown

from mobilenet import cost
from mobilenet.digits import DigitsNet, load_digits, predict, seeded, train

plt.style.use("mobilenet.plots")
torch.manual_seed(0)
torch.set_num_threads(2)

training, test = load_digits()

# %% [markdown] tags=["ko"]
# ## 두 네트워크 {#networks}
#
# `DigitsNet`은 MobileNetV1의 앞부분을 가져와 손글씨 숫자를 알아보게 한 네트워크입니다. 두 네트워크가 다른 점은 블록 안의 합성곱(convolution)뿐입니다.

# %% [markdown] tags=["en"]
# ## Two networks {#networks}
#
# `DigitsNet` is the first part of MobileNetV1, for handwritten digits. The two networks differ only in the convolutions of their blocks.

# %%
costs = {
    "separable": cost.model_cost(DigitsNet(separable=True), (1, 32, 32)),
    "full": cost.model_cost(DigitsNet(separable=False), (1, 32, 32)),
}
fewer_parameters = costs["full"].parameters / costs["separable"].parameters
fewer_mult_adds = costs["full"].mult_adds / costs["separable"].mult_adds

# %% tags=["ko", "remove-input"]
Markdown(f"""| | 매개변수(parameter) | 곱셈-덧셈(multiply-add) |
|---|--:|--:|
| `separable=False` | {costs["full"].parameters:,} | {costs["full"].mult_adds:,} |
| `separable=True` | {costs["separable"].parameters:,} | {costs["separable"].mult_adds:,} |
| 줄어드는 배수 | {fewer_parameters:.1f} | {fewer_mult_adds:.1f} |""")

# %% tags=["en", "remove-input"]
Markdown(f"""| | parameters | multiply-adds |
|---|--:|--:|
| `separable=False` | {costs["full"].parameters:,} | {costs["full"].mult_adds:,} |
| `separable=True` | {costs["separable"].parameters:,} | {costs["separable"].mult_adds:,} |
| times fewer | {fewer_parameters:.1f} | {fewer_mult_adds:.1f} |""")

# %% [markdown] tags=["ko"]
# ## 학습 {#training}
#
# 시드마다 두 네트워크를 번갈아 학습합니다. 시드는 초기 가중치(weight)와 이미지의 순서를 정합니다. 한 번 나온 결과는 우연일 수 있으므로 여러 시드로 되풀이합니다.

# %% [markdown] tags=["en"]
# ## Training {#training}
#
# For each seed, both networks are trained in turn. The seed sets their initial weights and the order of the images. A single result could be luck, so there are several seeds.

# %%
SEEDS = range(3)
models, epochs = {}, {}
for seed in SEEDS:
    for name in costs:
        with seeded(seed):
            model = DigitsNet(separable=name == "separable")
        epochs[name, seed] = train(model, training, test, epochs=4, seed=seed)
        models[name, seed] = model

# %% alt_ko="에포크마다 시험 이미지에서 틀린 비율. 두 네트워크 모두 세 시드의 선이 들쭉날쭉 내려가다가 끝에는 서로 가까이 모입니다." alt_en="The share of test images that are wrong after each epoch. The lines of both networks and all three seeds fall unevenly, and lie close together in the end."
figure, axis = plt.subplots()
for (name, seed), records in epochs.items():
    color, line = ("C0", "o-") if name == "separable" else ("C1", "^--")
    wrong = [100 * (1 - record.test_accuracy) for record in records]
    label = name if seed == 0 else None
    axis.plot([record.epoch for record in records], wrong, line, color=color, label=label)
axis.set(yscale="log", xlabel="epoch", ylabel="%")
axis.xaxis.get_major_locator().set_params(integer=True)
axis.yaxis.set_major_formatter("{x:g}")
axis.legend()
plt.show()

# %% [markdown] tags=["ko"]
# ## 차이와 우연 {#gap}
#
# 두 정확도(accuracy)의 차이는 무엇과 견주어야 할까요? 우연에 달린 것이 두 가지 있습니다. 하나는 시드이고, 다른 하나는 시험 이미지로 무엇을 골랐는가입니다. 같은 사람들이 쓴 다른 이미지를 골랐다면 틀린 이미지의 수가 조금 달랐을 것입니다. 이미지가 n장이고 맞히는 비율이 p일 때 그 비율의 표준 오차는 √(p(1−p)/n)입니다.

# %% [markdown] tags=["en"]
# ## The gap, and chance {#gap}
#
# What should the gap between the two accuracies be compared with? Two things are a matter of chance. One is the seed. The other is the choice of test images: with other images by the same people, a few more or fewer would have been wrong. With n images, of which a share p is right, the standard error of that share is √(p(1−p)/n).

# %%
found = {
    name: [epochs[name, seed][-1].test_accuracy for seed in SEEDS] for name in costs
}
gap = mean(found["full"]) - mean(found["separable"])


def variance(accuracies):
    p = mean(accuracies)
    of_images = p * (1 - p) / len(test)
    return of_images + stdev(accuracies) ** 2 / len(accuracies)


error = math.sqrt(variance(found["full"]) + variance(found["separable"]))

# %% tags=["ko", "remove-input"]
Markdown(f"""정확도는 일반 합성곱(standard convolution)으로 {mean(found["full"]):.1%}(시드에 따라 {min(found["full"]):.1%}~{max(found["full"]):.1%}), 깊이별 분리 합성곱으로 {mean(found["separable"]):.1%}({min(found["separable"]):.1%}~{max(found["separable"]):.1%})입니다. 차이는 {100 * gap:.1f}%포인트이고, 차이의 표준 오차는 {100 * error:.1f}%포인트입니다. 시험 이미지가 {len(test)}장이므로 한 장은 {100 / len(test):.2f}%포인트에 해당합니다.""")

# %% tags=["en", "remove-input"]
Markdown(f"""With full convolutions, the accuracy is {mean(found["full"]):.1%} (from {min(found["full"]):.1%} to {max(found["full"]):.1%} over the seeds), with depthwise separable ones {mean(found["separable"]):.1%} ({min(found["separable"]):.1%} to {max(found["separable"]):.1%}). The gap is {100 * gap:.1f} points, and its standard error {100 * error:.1f}. There are {len(test)} test images, so one image makes {100 / len(test):.2f} points.""")

# %% tags=["check"]
assert fewer_parameters > 7
assert fewer_mult_adds > 7
assert abs(gap) < 3 * error
assert min(found["full"] + found["separable"]) > 0.9

# %% [markdown] tags=["ko"]
# ## 어디서 틀리는가 {#wrong}
#
# 두 네트워크가 모두 적어도 한 시드에서 틀린 이미지입니다. 화살표 앞이 정답이고, 뒤가 네트워크들이 내놓은 틀린 답입니다.

# %% [markdown] tags=["en"]
# ## Where they go wrong {#wrong}
#
# These are images that both networks got wrong with at least one seed. Before the arrow is the right answer, after it the wrong ones that the networks gave.

# %%
guesses = {key: predict(model, test.images) for key, model in models.items()}


def missed(name):
    misses = [guesses[name, seed] != test.labels for seed in SEEDS]
    return set(torch.stack(misses).any(0).nonzero().flatten().tolist())


shared = sorted(missed("separable") & missed("full"))

# %% alt_ko="두 네트워크가 모두 틀린 손글씨 숫자들. 사람이 보아도 헷갈릴 만한 것이 많습니다." alt_en="Handwritten digits that both networks got wrong. Many of them are hard to read for people, too."
figure, axes = plt.subplots(2, 5, figsize=(5, 2.6))
for axis in axes.flat:
    axis.axis("off")
for axis, index in zip(axes.flat, shared):
    label = int(test.labels[index])
    taken_for = sorted({int(guess[index]) for guess in guesses.values()} - {label})
    axis.imshow(test.images[index, 0], cmap="gray_r")
    axis.set_title(f"{label} → {', '.join(map(str, taken_for))}")
plt.show()

# %% tags=["ko", "remove-input"]
Markdown(f"""적어도 한 시드에서 틀린 이미지는 깊이별 분리 합성곱이 {len(missed("separable"))}장, 일반 합성곱이 {len(missed("full"))}장이고, 그 가운데 {len(shared)}장이 겹칩니다. 서로 상관없이 틀렸다면 {len(missed("separable")) * len(missed("full")) / len(test):.1f}장쯤 겹쳤을 것입니다.""")

# %% tags=["en", "remove-input"]
Markdown(f"""With at least one seed, the separable network got {len(missed("separable"))} images wrong and the full one {len(missed("full"))}; {len(shared)} of them are the same. If the two went wrong independently, about {len(missed("separable")) * len(missed("full")) / len(test):.1f} would be.""")

# %% [markdown] tags=["ko"]
# ## 시간 {#time}

# %% [markdown] tags=["en"]
# ## Time {#time}

# %%
seconds = {
    name: min(record.seconds for seed in SEEDS for record in epochs[name, seed])
    for name in costs
}
times_as_long = seconds["separable"] / seconds["full"]
assert times_as_long > 1 / fewer_mult_adds

# %% tags=["ko", "remove-input"]
Markdown(f"""가장 빨랐던 에포크(epoch)가 일반 합성곱으로는 {seconds["full"]:.2f}초, 깊이별 분리 합성곱으로는 {seconds["separable"]:.2f}초 걸렸습니다. 곱셈-덧셈은 {fewer_mult_adds:.1f}분의 1인데 걸린 시간은 {times_as_long:.1f}배입니다. 곱셈-덧셈이 줄어든 만큼 시간이 줄지는 않습니다. [시간이 드는 곳](roofline.ipynb)에서 더 큰 네트워크를 층별로 뜯어봅니다.""")

# %% tags=["en", "remove-input"]
Markdown(f"""The fastest epoch took {seconds["full"]:.2f} seconds with full convolutions and {seconds["separable"]:.2f} with separable ones: {fewer_mult_adds:.1f} times fewer multiply-adds took {times_as_long:.1f} times as long. Fewer multiply-adds do not mean proportionally less time. [Where the time goes](roofline.ipynb) takes a larger network apart, layer by layer.""")

# %% [markdown] tags=["ko"]
# ## 여기서 알 수 있는 것과 없는 것 {#limits}
#
# 연산량이 몇 분의 일로 줄어드는 동안 정확도는 위에 적은 만큼 달라졌습니다. 이 차이가 우연인지는 여기서 단정할 수 없습니다. 시드가 셋뿐이고, 두 네트워크가 같은 이미지를 보았다는 점을 위의 표준 오차는 헤아리지 않았습니다. 시험 이미지도 몇백 장뿐이어서, 논문이 ImageNet에서 잰 만큼의 차이라면 여기서는 우연과 구별하지 못합니다. 게다가 문제가 쉽습니다. 작은 이미지에서 숫자 열 가지를 알아보는 일에는 어느 네트워크든 힘이 남습니다. 클래스가 천 개여서 네트워크의 힘이 부칠 때 어떻게 되는지는 [논문의 표](../multipliers.md#tables)가 말해 줍니다.

# %% [markdown] tags=["en"]
# ## What this shows, and what it does not {#limits}
#
# With a fraction of the compute, the accuracy differs by the gap above. Whether that gap is chance cannot be decided here: there are only three seeds, and the standard error above does not account for both networks seeing the same images. With a few hundred test images, a gap as large as the paper's on ImageNet could not be told from chance. The task is easy, too: either network is more than able to tell ten small digits apart. For a thousand classes, where a network is at its limit, see [the paper's tables](../multipliers.md#tables).
