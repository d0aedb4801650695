// <cost-explorer>: what a layer costs, and the whole network, for any setting.
//
// The arithmetic is cost.js's, the network and the paper's figures are networks.json's. What
// stands inside the element without scripts is a still picture. A setting is the address.

import {
  conv2d,
  depthwise_conv2d,
  depthwise_separable_conv2d,
  model_cost,
  output_size,
  pointwise_conv2d,
} from "./cost.js";
import { style } from "./dom.js";

const styled = style(new URL("explorer.css", import.meta.url));
const response = await fetch(new URL("networks.json", import.meta.url));
const network = await response.json();

// By the names that they have in an address.
const FIELDS = {
  kernel: { start: 3, min: 1, max: 11, step: 2 },
  in: { start: 512, min: 1, max: 4096, step: 1 },
  out: { start: 512, min: 1, max: 4096, step: 1 },
  size: { start: 14, min: 1, max: 1024, step: 1 },
  stride: { start: 1, min: 1, max: 8, step: 1 },
  network: { start: "mobilenet", choices: ["mobilenet", "standard", "shallow"] },
  alpha: { start: 1, min: 0.05, max: 1, step: 0.05, any: true, in_paper: "width_multiplier" },
  resolution: { start: network.resolution, min: 32, max: 320, step: 1, in_paper: "resolution" },
};
const LAYER = ["kernel", "in", "out", "size", "stride"];
const NETWORK = ["network", "alpha", "resolution"];

const WORDS = {
  en: {
    layer: "One layer",
    whole: "The whole network",
    kernel: "kernel",
    in: "channels in",
    out: "channels out",
    size: "input size",
    stride: "stride",
    network: "network",
    alpha: "width multiplier α",
    resolution: "resolution",
    networks: {
      mobilenet: "MobileNet",
      standard: "standard convolutions",
      shallow: "shallow network",
    },
    mult_adds: "multiply-adds",
    parameters: "parameters",
    parts: {
      standard: "standard",
      depthwise: "depthwise",
      pointwise: "pointwise",
      separable: "the two together",
    },
    with_standard: "standard instead",
    with_separable: "separable instead",
    reduction: "standard ÷ separable",
    of_whole: (whole) => `of ${whole}`,
    printed: "in the paper",
    accuracy: "top-1 in the paper",
    in_tables: (share, tables) =>
      `${share} (Table${tables.length > 1 ? "s" : ""} ${tables.join(", ")})`,
    unprinted: "none for this setting",
    output: (shape) => `Output ${shape}`,
    by_layer: "Layer by layer",
    row: "layer",
    shape: "output",
    classifier: "classifier",
    others: "norm, bias",
    copy: "Copy a link to this setting",
    copied: "Link copied",
    whole_number: (min, max) => `Give a whole number from ${min} to ${max}.`,
    odd_number: (min, max) => `Give an odd number from ${min} to ${max}.`,
    number: (min, max) => `Give a number from ${min} to ${max}.`,
    choice: (names) => `Choose one of: ${names}.`,
    kept: (problem, value) => `${problem} Shown: ${value}.`,
    ignored: (given, problem, value) => `The link has ${given}. ${problem} Shown: ${value}.`,
    says_layer: (standard, separable, ratio) =>
      `Standard: ${standard}. Depthwise separable: ${separable}. ` +
      `Standard divided by separable is ${ratio}.`,
    says_network: (chosen, cost, accuracy) =>
      `${chosen}: ${cost}. Accuracy in the paper: ${accuracy}.`,
    cost: (mult_adds, parameters) => `${mult_adds} multiply-adds, ${parameters} parameters`,
    rounded: (number) => `${number / 1e6} million`,
  },
  ko: {
    layer: "층 하나",
    whole: "네트워크 전체",
    kernel: "커널",
    in: "입력 채널",
    out: "출력 채널",
    size: "입력 크기",
    stride: "스트라이드",
    network: "네트워크",
    alpha: "너비 배율 α",
    resolution: "해상도",
    networks: {
      mobilenet: "MobileNet",
      standard: "일반 합성곱",
      shallow: "얕은 네트워크",
    },
    mult_adds: "곱셈-덧셈",
    parameters: "매개변수",
    parts: {
      standard: "일반",
      depthwise: "깊이별",
      pointwise: "점별",
      separable: "깊이별 + 점별",
    },
    with_standard: "일반 합성곱이라면",
    with_separable: "깊이별 분리 합성곱이라면",
    reduction: "일반 ÷ 깊이별 분리",
    of_whole: (whole) => `${whole} 대비`,
    printed: "논문의 값",
    accuracy: "논문의 top-1 정확도",
    in_tables: (share, tables) => `${share}(표 ${tables.join(", ")})`,
    unprinted: "이 설정은 논문에 없음",
    output: (shape) => `출력 ${shape}`,
    by_layer: "층마다",
    row: "층",
    shape: "출력",
    classifier: "분류기",
    others: "정규화, 편향",
    copy: "이 설정의 링크 복사",
    copied: "링크를 복사했습니다",
    whole_number: (min, max) => `${min}부터 ${max}까지의 정수를 넣으십시오.`,
    odd_number: (min, max) => `${min}부터 ${max}까지의 홀수를 넣으십시오.`,
    number: (min, max) => `${min}부터 ${max}까지의 수를 넣으십시오.`,
    choice: (names) => `다음 가운데 하나를 고르십시오: ${names}.`,
    kept: (problem, value) => `${problem} 지금 값은 ${value}입니다.`,
    ignored: (given, problem, value) =>
      `링크에 적힌 값은 ${given}입니다. ${problem} 지금 값은 ${value}입니다.`,
    says_layer: (standard, separable, ratio) =>
      `일반 합성곱은 ${standard}, 깊이별 분리 합성곱은 ${separable}이고 일반 합성곱이 ${ratio}배입니다.`,
    says_network: (chosen, cost, accuracy) => `${chosen}: ${cost}. 논문의 정확도: ${accuracy}.`,
    cost: (mult_adds, parameters) => `곱셈-덧셈 ${mult_adds}회, 매개변수 ${parameters}개`,
    rounded(number) {
      const hundred_millions = Math.floor(number / 1e8);
      const parts = [hundred_millions && `${hundred_millions}억`, `${(number % 1e8) / 1e4}만`];
      return parts.filter(Boolean).join(" ");
    },
  },
};

class CostExplorer extends HTMLElement {
  connectedCallback() {
    const language = document.documentElement.lang;
    this.say = WORDS[language] ?? WORDS.en;
    this.exact = new Intl.NumberFormat(language);
    const one_decimal = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    this.ratio = new Intl.NumberFormat(language, one_decimal);
    this.share = new Intl.NumberFormat(language, { style: "percent", ...one_decimal });
    this.setting = Object.fromEntries(
      Object.entries(FIELDS).map(([name, { start }]) => [name, start]),
    );
    this.fields = {};
    this.build();
    this.open();
    this.show_layer();
    this.show_network();
  }

  // What is there to be changed and seen.

  build() {
    const { say } = this;
    this.layer = make("tbody");
    this.layer_caption = make("caption");
    this.costs_caption = make("caption");
    this.costs = make("tbody");
    this.rows = make("tbody");
    this.status = make("p", { className: "explorer-status", role: "status" });
    const copy = make("button", { type: "button", className: "explorer-copy" }, say.copy);
    copy.addEventListener("click", () => this.copy());
    const amounts = [say.mult_adds, say.parameters];
    this.replaceChildren(
      this.fieldset(say.layer, LAYER),
      table(this.layer_caption, ["", ...amounts], this.layer),
      this.fieldset(say.whole, NETWORK),
      table(this.costs_caption, ["", ...amounts], this.costs),
      // The clipboard is there for pages that came safely; the address is in any case.
      ...(navigator.clipboard ? [copy] : []),
      table(make("caption", {}, say.by_layer), [say.row, say.shape, ...amounts], this.rows),
      this.status,
    );
  }

  fieldset(legend, names) {
    const fields = names.map((name) => this.field(name));
    return make("fieldset", {}, make("legend", {}, legend), ...fields);
  }

  field(name) {
    const { choices, min, max, step, in_paper } = FIELDS[name];
    const id = `explorer-${name}`;
    const problem = make("p", { id: `${id}-problem`, className: "explorer-problem" });
    const options = choices?.map((value) => make("option", { value }, this.say.networks[value]));
    const input = choices
      ? make("select", { id }, ...options)
      : make("input", { id, type: "number", min, max, step });
    input.setAttribute("aria-describedby", problem.id);
    input.setAttribute("aria-invalid", false);
    const inputs = [input];
    const field = make("div", {}, make("label", { htmlFor: id }, this.say[name]), input);
    if (in_paper) {
      const slider = make("input", { type: "range", min, max, step });
      slider.setAttribute("aria-label", this.say[name]);
      slider.setAttribute("list", `${id}-paper`);
      inputs.push(slider);
      const values = new Set(network.paper.map((row) => row[in_paper]));
      const marks = [...values].map((value) => make("option", { value }));
      field.append(slider, make("datalist", { id: `${id}-paper` }, ...marks));
    }
    field.append(problem);
    for (const each of inputs) each.addEventListener("input", () => this.change(name, each.value));
    this.fields[name] = { inputs, problem };
    return field;
  }

  show_layer() {
    const { say } = this;
    const { kernel, in: in_channels, out: out_channels, stride } = this.setting;
    const size = output_size(this.setting.size, stride);
    const standard = conv2d(kernel, in_channels, out_channels, size);
    const separable = depthwise_separable_conv2d(kernel, in_channels, out_channels, size);
    const parts = {
      standard,
      depthwise: depthwise_conv2d(kernel, in_channels, size),
      pointwise: pointwise_conv2d(in_channels, out_channels, size),
      separable,
    };
    const most = largest(Object.values(parts));
    this.layer_caption.textContent = say.output(`${size}×${size}×${out_channels}`);
    this.layer.replaceChildren(
      ...Object.entries(parts).map(([name, cost]) =>
        line(say.parts[name], ...this.bars(cost, most)),
      ),
      line(say.reduction, ...this.ratios(standard, separable)),
    );
    this.said_layer = say.says_layer(
      this.spoken(standard),
      this.spoken(separable),
      this.ratios(standard, separable)[0],
    );
  }

  show_network() {
    const { say } = this;
    const { network: name, alpha, resolution } = this.setting;
    const setting = {
      width_multiplier: alpha,
      resolution,
      separable: name !== "standard",
      shallow: name === "shallow",
    };
    const cost = model_cost(network, setting);
    const other = model_cost(network, { ...setting, separable: !setting.separable });
    const [standard, separable] = setting.separable ? [other, cost] : [cost, other];
    const whole = model_cost(network, {
      width_multiplier: FIELDS.alpha.start,
      resolution: FIELDS.resolution.start,
      separable: true,
      shallow: false,
    });
    const printed = network.paper.find((row) =>
      Object.keys(setting).every((key) => row[key] === setting[key]),
    );
    const accuracy = printed && this.share.format(printed.accuracy);
    const most = largest([cost, other]);
    this.costs.replaceChildren(
      line(say.networks[name], ...this.bars(cost, most)),
      line(
        setting.separable ? say.with_standard : say.with_separable,
        ...this.bars(other, most),
      ),
      line(say.reduction, ...this.ratios(standard, separable)),
      line(
        say.of_whole(this.chosen("mobilenet", FIELDS.alpha.start, FIELDS.resolution.start)),
        ...AMOUNTS.map((amount) => this.share.format(cost[amount] / whole[amount])),
      ),
      ...(printed
        ? [
            line(say.printed, ...AMOUNTS.map((amount) => say.rounded(printed[amount]))),
            line(say.accuracy, say.in_tables(accuracy, printed.tables)),
          ]
        : [line(say.printed, say.unprinted), line(say.accuracy, say.unprinted)]),
    );
    const most_of_rows = largest(cost.rows);
    this.rows.replaceChildren(
      ...cost.rows.map((row) => {
        const shape = row.size ? `${row.size}×${row.size}×${row.channels}` : "";
        const cells = line(this.called(row), shape, ...this.bars(row, most_of_rows));
        cells.className = row.kind;
        return cells;
      }),
    );
    const chosen = this.chosen(name, alpha, resolution);
    this.costs_caption.textContent = chosen;
    this.said_network = say.says_network(chosen, this.spoken(cost), accuracy ?? say.unprinted);
  }

  chosen(name, alpha, size) {
    return `${this.say.networks[name]}, α = ${this.exact.format(alpha)}, ${size}×${size}`;
  }

  /** A layer much as the paper's Table 1 has it. */
  called({ kind, stride }) {
    const { kernel_size } = network;
    const names = {
      standard: `${kernel_size}×${kernel_size}`,
      depthwise: "dw",
      pointwise: "1×1",
    };
    return names[kind] ? `${names[kind]} / s${stride}` : this.say[kind];
  }

  bars(cost, most) {
    return AMOUNTS.map((amount) => {
      const cell = make("td", { className: "bar" }, this.exact.format(cost[amount]));
      cell.style.setProperty("--share", cost[amount] / most[amount]);
      return cell;
    });
  }

  ratios(standard, separable) {
    return AMOUNTS.map((amount) => this.ratio.format(standard[amount] / separable[amount]));
  }

  spoken({ mult_adds, parameters }) {
    return this.say.cost(this.exact.format(mult_adds), this.exact.format(parameters));
  }

  // What a reader, or a link, has given.

  change(name, given) {
    const problem = this.problem(name, given);
    if (problem) {
      const message = this.say.kept(problem, this.named(name));
      this.mark(name, message);
      this.announce(message);
      return;
    }
    this.setting[name] = parse(name, given);
    this.mark(name, "");
    this.fill(name, given);
    LAYER.includes(name) ? this.show_layer() : this.show_network();
    this.announce(LAYER.includes(name) ? this.said_layer : this.said_network);
    // Browsers refuse an address that changes with every step of a slider.
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keep(), 300);
  }

  /** What is wrong with a value; nothing where it is right. */
  problem(name, given) {
    const { say } = this;
    const { choices, min, max, step, any } = FIELDS[name];
    if (choices) {
      return choices.includes(given) ? "" : say.choice(choices.join(", "));
    }
    const value = given.trim() === "" ? NaN : Number(given);
    if (value >= min && value <= max && (any || (value - min) % step === 0)) return "";
    const wanted = any ? say.number : step === 2 ? say.odd_number : say.whole_number;
    return wanted(this.exact.format(min), this.exact.format(max));
  }

  named(name) {
    const value = this.setting[name];
    return FIELDS[name].choices ? this.say.networks[value] : this.exact.format(value);
  }

  mark(name, message) {
    const { inputs, problem } = this.fields[name];
    problem.textContent = message;
    inputs[0].setAttribute("aria-invalid", message !== "");
  }

  /** Show a value in all of its inputs, but not another form of it where it is being typed. */
  fill(name, given) {
    for (const input of this.fields[name].inputs) {
      if (input.value !== given) input.value = given;
    }
  }

  open() {
    const messages = [];
    const given = new URLSearchParams(location.search);
    for (const name of Object.keys(FIELDS)) {
      const value = given.get(name);
      const problem = value !== null && this.problem(name, value);
      if (value !== null && !problem) this.setting[name] = parse(name, value);
      this.fill(name, String(this.setting[name]));
      if (problem) {
        const message = this.say.ignored(`${name}=${value}`, problem, this.named(name));
        this.mark(name, message);
        messages.push(message);
      }
    }
    if (messages.length) this.announce(messages.join(" "));
  }

  /** The address says the setting, as far as it is not the one to start from. */
  keep() {
    const address = new URL(location.href);
    for (const [name, { start }] of Object.entries(FIELDS)) {
      if (this.setting[name] === start) address.searchParams.delete(name);
      else address.searchParams.set(name, this.setting[name]);
    }
    address.hash = "explorer";
    history.replaceState(history.state, "", address);
  }

  async copy() {
    this.keep();
    await navigator.clipboard.writeText(location.href);
    this.announce(this.say.copied);
  }

  /** Say it to screen readers, once the changes have come to rest. */
  announce(message) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.status.textContent = message), 500);
  }
}

const AMOUNTS = ["mult_adds", "parameters"];

function largest(costs) {
  return Object.fromEntries(
    AMOUNTS.map((amount) => [amount, Math.max(...costs.map((cost) => cost[amount]))]),
  );
}

function parse(name, given) {
  return FIELDS[name].choices ? given : Number(given);
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function table(caption, heads, body) {
  const cells = heads.map((head) => make(head ? "th" : "td", head ? { scope: "col" } : {}, head));
  const thead = make("thead", {}, make("tr", {}, ...cells));
  return make("table", { className: "explorer-table" }, caption, thead, body);
}

/** A row of a table; where it has but one cell, that is for both amounts. */
function line(head, ...cells) {
  const made = cells.map((cell) => (cell instanceof Element ? cell : make("td", {}, cell)));
  if (made.length === 1) made[0].colSpan = AMOUNTS.length;
  return make("tr", {}, make("th", { scope: "row" }, head), ...made);
}

await styled;
customElements.define("cost-explorer", CostExplorer);
