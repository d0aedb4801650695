// A layer of the stepper as tables. Each channel has a row: the input, the kernel, and the
// products of the current step. The numbers that the step uses are marked.
import { make } from "./dom.js";
import { format, makeField, refresh } from "./fields.js";
import { words } from "./stepper-words.js";

/** Make a square table, and return it with its cells, `cells[row][column]`. */
export function makeTable(side, caption, fill = () => "") {
  const cells = Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) => make("td", {}, fill(row, column))),
  );
  const rows = cells.map((line) => make("tr", {}, ...line));
  const table = make("table", { class: "map" }, make("caption", {}, caption), ...rows);
  const first = table.querySelector("input");
  if (first) {
    first.tabIndex = 0;
  }
  return { table, cells };
}

/** Return how many characters the widest of the numbers takes. */
export function measureWidest(numbers) {
  return Math.max(...numbers.map((number) => format(number).length));
}

export class LayerView {
  #filter = 0;
  #channels;

  /**
   * @param layer One of those that computeLayers returns.
   * @param input The input's numbers where the reader can change them, null elsewhere.
   * @param weight The numbers of the layer's weight.
   */
  constructor(layer, input, weight) {
    this.#channels = layer.input.map((_, channel) =>
      this.#makeChannel(layer, channel, input, weight),
    );
    const elements = this.#channels.map(({ element }) => element);
    this.element = make("div", { class: "layer" }, ...elements);
  }

  #makeChannel({ kind, size, kernel, padding }, channel, input, weight) {
    const isPadding = (index) => index < padding || index >= padding + size;
    const values = makeTable(size + 2 * padding, words.input, (row, column) => {
      if (isPadding(row) || isPadding(column)) return "0";
      return input ? makeField(() => input[channel][row - padding], column - padding) : "";
    });
    visit(values.cells, (cell, row, column) => {
      cell.classList.toggle("edge-row", isPadding(row));
      cell.classList.toggle("edge-column", isPadding(column));
    });
    const getKernel = () =>
      kind === "depthwise" ? weight[channel][0] : weight[this.#filter][channel];
    const weights = makeTable(kernel, "", (row, column) =>
      makeField(() => getKernel()[row], column),
    );
    const products = makeTable(kernel, words.products);
    const sum = make("p");
    const element = make(
      "div",
      { class: "channel" },
      make("div", { class: "part" }, values.table),
      make("span", { class: "sign" }, "×"),
      make("div", { class: "part" }, weights.table),
      make("span", { class: "sign" }, "="),
      make("div", { class: "part" }, products.table, sum),
    );
    return { element, values, weights, products, sum };
  }

  /** Show a step of the layer, or the layer alone where the step is null. */
  show({ kind, input, padding, steps }, step) {
    this.#filter = step?.channel ?? 0;
    const terms = steps.flatMap(({ parts }) => parts.flatMap(({ terms }) => terms));
    const numbers = [...input.flat(2), ...terms.map(({ product }) => product)];
    this.element.style.setProperty("--digits", measureWidest(numbers));
    const filter = kind === "depthwise" ? words.kernel : words.filter(this.#filter + 1);
    this.#channels.forEach(({ values, weights, products, sum }, channel) => {
      const part = step?.parts.find((each) => each.channel === channel);
      const label = (table, row, column) =>
        [table, words.channel(channel + 1), words.place(row + 1, column + 1)].join(", ");
      weights.table.caption.textContent = filter;

      visit(values.cells, (cell, row, column) => {
        const [y, x] = [row - padding, column - padding];
        const field = cell.firstElementChild;
        cell.classList.remove("used");
        if (field) refresh(field, label(words.input, y, x));
        else cell.textContent = format(input[channel][y]?.[x] ?? 0);
      });
      visit(weights.cells, (cell, row, column) => {
        cell.classList.toggle("used", Boolean(part));
        refresh(cell.firstElementChild, label(filter, row, column));
      });
      visit(products.cells, (cell) => cell.replaceChildren());
      for (const { row, column, value, weight, product } of part?.terms ?? []) {
        values.cells[part.top + padding + row][part.left + padding + column].classList.add("used");
        const factors = make("span", {}, `${format(value)} × ${format(weight)} = `);
        products.cells[row][column].replaceChildren(factors, format(product));
      }
      sum.textContent = part ? words.sum(format(part.sum)) : "";
    });
  }
}

function visit(cells, action) {
  cells.forEach((line, row) => line.forEach((cell, column) => action(cell, row, column)));
}
