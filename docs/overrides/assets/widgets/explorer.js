// <cost-explorer>: the cost of one layer and of the whole network, for any setting.
//
// cost.js computes; networks.json describes the network and has the paper's figures. The page's
// address keeps the setting. Without scripts, readers see the picture inside the element.

import {
  conv2d,
  depthwise_conv2d,
  depthwise_separable_conv2d,
  model_cost,
  output_size,
  pointwise_conv2d,
} from "./cost.js";
import { loadStyle, make } from "./dom.js";
import { words } from "./explorer-words.js";

const styled = loadStyle(new URL("explorer.css", import.meta.url));
const response = await fetch(new URL("networks.json", import.meta.url));
const network = await response.json();

const NETWORKS = {
  mobilenet: { separable: true, shallow: false },
  standard: { separable: false, shallow: false },
  shallow: { separable: true, shallow: true },
};
// The keys are the names in an address. `marks`: the figures of the paper that a slider marks.
const FIELDS = {
  kernel: { start: 3, min: 1, max: 11, step: 2 },
  in: { start: 512, min: 1, max: 4096, step: 1 },
  out: { start: 512, min: 1, max: 4096, step: 1 },
  size: { start: 14, min: 1, max: 1024, step: 1 },
  stride: { start: 1, min: 1, max: 8, step: 1 },
  network: { start: "mobilenet", choices: Object.keys(NETWORKS) },
  alpha: { start: 1, min: 0.05, max: 1, step: 0.05, betweenSteps: true, marks: "width_multiplier" },
  resolution: { start: network.resolution, min: 32, max: 320, step: 1, marks: "resolution" },
};
const LAYER_FIELDS = ["kernel", "in", "out", "size", "stride"];
const NETWORK_FIELDS = ["network", "alpha", "resolution"];
const AMOUNTS = ["mult_adds", "parameters"];
const DEFAULTS = Object.fromEntries(
  Object.entries(FIELDS).map(([name, { start }]) => [name, start]),
);
const WHOLE_COST = model_cost(network, describeModel(DEFAULTS));

const language = document.documentElement.lang;
const oneDecimal = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
const exact = new Intl.NumberFormat(language);
const ratio = new Intl.NumberFormat(language, oneDecimal);
const percent = new Intl.NumberFormat(language, { style: "percent", ...oneDecimal });

class CostExplorer extends HTMLElement {
  #setting = { ...DEFAULTS };
  #fields = {};
  #layerCaption = make("caption");
  #layerBody = make("tbody");
  #layerSummary;
  #networkCaption = make("caption");
  #networkBody = make("tbody");
  #networkSummary;
  #rowsBody = make("tbody");
  #status = make("p", { class: "explorer-status", role: "status" });
  #addressTimer;
  #statusTimer;

  connectedCallback() {
    const copy = make("button", { type: "button", class: "explorer-copy" }, words.copy);
    copy.addEventListener("click", () => this.#copyLink());
    const amounts = AMOUNTS.map((amount) => words[amount]);
    const { layer, output } = words.columns;
    this.replaceChildren(
      this.#makeFieldset(words.layer, LAYER_FIELDS),
      makeTable(this.#layerCaption, ["", ...amounts], this.#layerBody),
      this.#makeFieldset(words.network, NETWORK_FIELDS),
      makeTable(this.#networkCaption, ["", ...amounts], this.#networkBody),
      // Browsers have a clipboard only for pages from HTTPS or localhost.
      ...(navigator.clipboard ? [copy] : []),
      makeTable(make("caption", {}, words.byLayer), [layer, output, ...amounts], this.#rowsBody),
      this.#status,
    );
    this.#readAddress();
    this.#showLayer();
    this.#showNetwork();
  }

  #makeFieldset(legend, names) {
    const fields = names.map((name) => this.#makeField(name));
    return make("fieldset", {}, make("legend", {}, legend), ...fields);
  }

  #makeField(name) {
    const { choices, min, max, step, marks } = FIELDS[name];
    const id = `explorer-${name}`;
    const label = words.fields[name];
    const problem = make("p", { id: `${id}-problem`, class: "explorer-problem" });
    const aria = { "aria-describedby": problem.id, "aria-invalid": false };
    const options = choices?.map((value) => make("option", { value }, words.networks[value]));
    const input = choices
      ? make("select", { id, ...aria }, ...options)
      : make("input", { id, type: "number", min, max, step, ...aria });
    const field = make("div", {}, make("label", { for: id }, label), input);
    const inputs = [input];
    if (marks) {
      const list = `${id}-paper`;
      const slider = make("input", { type: "range", min, max, step, list, "aria-label": label });
      inputs.push(slider);
      const values = new Set(network.paper.map((row) => row[marks]));
      const options = [...values].map((value) => make("option", { value }));
      field.append(slider, make("datalist", { id: list }, ...options));
    }
    field.append(problem);
    for (const each of inputs) each.addEventListener("input", () => this.#change(name, each.value));
    this.#fields[name] = { inputs, problem };
    return field;
  }

  #showLayer() {
    const { kernel, in: in_channels, out: out_channels, stride } = this.#setting;
    const size = output_size(this.#setting.size, stride);
    const costs = {
      standard: conv2d(kernel, in_channels, out_channels, size),
      depthwise: depthwise_conv2d(kernel, in_channels, size),
      pointwise: pointwise_conv2d(in_channels, out_channels, size),
      separable: depthwise_separable_conv2d(kernel, in_channels, out_channels, size),
    };
    const { standard, separable } = costs;
    const ratios = formatRatios(standard, separable);
    const largest = findLargest(Object.values(costs));
    this.#layerCaption.textContent = words.output(`${size}×${size}×${out_channels}`);
    this.#layerBody.replaceChildren(
      ...Object.entries(costs).map(([name, cost]) =>
        makeRow(words.convolutions[name], ...makeBars(cost, largest)),
      ),
      makeRow(words.reduction, ...ratios),
    );
    const [mult_adds_ratio] = ratios;
    this.#layerSummary = words.describeLayer(
      formatCost(standard),
      formatCost(separable),
      mult_adds_ratio,
    );
  }

  #showNetwork() {
    const model = describeModel(this.#setting);
    const cost = model_cost(network, model);
    const other = model_cost(network, { ...model, separable: !model.separable });
    const ratios = model.separable ? formatRatios(other, cost) : formatRatios(cost, other);
    const shares = AMOUNTS.map((amount) => percent.format(cost[amount] / WHOLE_COST[amount]));
    const largest = findLargest([cost, other]);
    const name = nameNetwork(this.#setting);
    const paper = network.paper.find((row) =>
      Object.entries(model).every(([key, value]) => row[key] === value),
    );
    const accuracy = paper ? percent.format(paper.accuracy) : words.notInPaper;

    this.#networkCaption.textContent = name;
    this.#networkBody.replaceChildren(
      makeRow(words.networks[this.#setting.network], ...makeBars(cost, largest)),
      makeRow(
        model.separable ? words.withStandard : words.withSeparable,
        ...makeBars(other, largest),
      ),
      makeRow(words.reduction, ...ratios),
      makeRow(words.relativeTo(nameNetwork(DEFAULTS)), ...shares),
      ...(paper
        ? [
            makeRow(words.paper, ...AMOUNTS.map((amount) => words.rounded(paper[amount]))),
            makeWideRow(words.accuracy, words.inTables(accuracy, paper.tables)),
          ]
        : [words.paper, words.accuracy].map((head) => makeWideRow(head, words.notInPaper))),
    );
    const largestRow = findLargest(cost.rows);
    this.#rowsBody.replaceChildren(...cost.rows.map((row) => makeLayerRow(row, largestRow)));
    this.#networkSummary = words.describeNetwork(name, formatCost(cost), accuracy);
  }

  #change(name, given) {
    const problem = findProblem(name, given);
    if (problem) {
      const message = words.inField(problem, formatValue(name, this.#setting[name]));
      this.#showProblem(name, message);
      this.#announce(message);
      return;
    }
    this.#setting[name] = parse(name, given);
    this.#showProblem(name, "");
    this.#fill(name, given);
    if (LAYER_FIELDS.includes(name)) {
      this.#showLayer();
      this.#announce(this.#layerSummary);
    } else {
      this.#showNetwork();
      this.#announce(this.#networkSummary);
    }
    // Browsers refuse an address that changes with every step of a slider.
    clearTimeout(this.#addressTimer);
    this.#addressTimer = setTimeout(() => this.#writeAddress(), 300);
  }

  #showProblem(name, message) {
    const { inputs, problem } = this.#fields[name];
    problem.textContent = message;
    inputs[0].setAttribute("aria-invalid", message !== "");
  }

  /** Show a value in the field and its slider, without rewriting what is being typed there. */
  #fill(name, value) {
    for (const input of this.#fields[name].inputs) {
      if (input.value !== value) input.value = value;
    }
  }

  #readAddress() {
    const messages = [];
    const address = new URLSearchParams(location.search);
    for (const name of Object.keys(FIELDS)) {
      const given = address.get(name);
      const problem = given === null ? "" : findProblem(name, given);
      if (given !== null && !problem) this.#setting[name] = parse(name, given);
      this.#fill(name, String(this.#setting[name]));
      if (problem) {
        const shown = formatValue(name, this.#setting[name]);
        const message = words.inLink(`${name}=${given}`, problem, shown);
        this.#showProblem(name, message);
        messages.push(message);
      }
    }
    if (messages.length) this.#announce(messages.join(" "));
  }

  /** Keep in the address what differs from the defaults. */
  #writeAddress() {
    const address = new URL(location.href);
    for (const [name, value] of Object.entries(this.#setting)) {
      if (value === DEFAULTS[name]) address.searchParams.delete(name);
      else address.searchParams.set(name, value);
    }
    address.hash = "explorer";
    history.replaceState(history.state, "", address);
  }

  async #copyLink() {
    this.#writeAddress();
    await navigator.clipboard.writeText(location.href);
    this.#announce(words.copied);
  }

  /** Let screen readers say a message once there are no further changes. */
  #announce(message) {
    clearTimeout(this.#statusTimer);
    this.#statusTimer = setTimeout(() => (this.#status.textContent = message), 500);
  }
}

/** Return the setting as model_cost takes it, and as the paper's rows have it. */
function describeModel({ network, alpha, resolution }) {
  return { width_multiplier: alpha, resolution, ...NETWORKS[network] };
}

function nameNetwork({ network, alpha, resolution }) {
  return `${words.networks[network]}, α = ${exact.format(alpha)}, ${resolution}×${resolution}`;
}

/** Return what is wrong with a value, or nothing where it is right. */
function findProblem(name, given) {
  const { choices, min, max, step, betweenSteps } = FIELDS[name];
  if (choices) return choices.includes(given) ? "" : words.choice(choices.join(", "));
  const value = given.trim() === "" ? NaN : Number(given);
  const isOnStep = betweenSteps || (value - min) % step === 0;
  if (value >= min && value <= max && isOnStep) return "";
  const explain = betweenSteps ? words.number : step === 2 ? words.oddNumber : words.wholeNumber;
  return explain(exact.format(min), exact.format(max));
}

function parse(name, given) {
  return FIELDS[name].choices ? given : Number(given);
}

function formatValue(name, value) {
  return FIELDS[name].choices ? words.networks[value] : exact.format(value);
}

function formatCost({ mult_adds, parameters }) {
  return words.cost(exact.format(mult_adds), exact.format(parameters));
}

function formatRatios(standard, separable) {
  return AMOUNTS.map((amount) => ratio.format(standard[amount] / separable[amount]));
}

function findLargest(costs) {
  return Object.fromEntries(
    AMOUNTS.map((amount) => [amount, Math.max(...costs.map((cost) => cost[amount]))]),
  );
}

function makeTable(caption, heads, body) {
  const cells = heads.map((head) => (head ? make("th", { scope: "col" }, head) : make("td")));
  const thead = make("thead", {}, make("tr", {}, ...cells));
  return make("table", { class: "explorer-table" }, caption, thead, body);
}

function makeRow(head, ...cells) {
  const made = cells.map((cell) => (cell instanceof Element ? cell : make("td", {}, cell)));
  return make("tr", {}, make("th", { scope: "row" }, head), ...made);
}

/** Make a row whose only cell is as wide as both amounts. */
function makeWideRow(head, text) {
  return makeRow(head, make("td", { colspan: AMOUNTS.length }, text));
}

/** Make the row of a layer, named as in the paper's Table 1. */
function makeLayerRow(row, largest) {
  const { kind, stride, size, channels } = row;
  const side = network.kernel_size;
  const kernel = { standard: `${side}×${side}`, depthwise: "dw", pointwise: "1×1" }[kind];
  const name = kernel ? `${kernel} / s${stride}` : words.rows[kind];
  const shape = size ? `${size}×${size}×${channels}` : "";
  const element = makeRow(name, shape, ...makeBars(row, largest));
  element.className = kind;
  return element;
}

/** Make the cells of a cost, each with a bar in proportion to the largest amount. */
function makeBars(cost, largest) {
  return AMOUNTS.map((amount) => {
    const cell = make("td", { class: "bar" }, exact.format(cost[amount]));
    cell.style.setProperty("--share", cost[amount] / largest[amount]);
    return cell;
  });
}

await styled;
customElements.define("cost-explorer", CostExplorer);
