// One convolution, drawn: a row a channel, of the window in the input, the kernel, and their
// products. The numbers that take part in a step are marked.
import { make } from "./dom.js";
import { field, refresh, signed } from "./fields.js";
import { words } from "./stepper-words.js";

/** A table of square shape, `cell(row, column)` in each of its places; and those cells. */
export function map(side, caption, cell = () => "") {
  const cells = Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) => make("td", {}, cell(row, column))),
  );
  const rows = cells.map((line) => make("tr", {}, ...line));
  const table = make("table", { class: "map" }, make("caption", {}, caption), ...rows);
  const first = table.querySelector("input");
  if (first) {
    first.tabIndex = 0;
  }
  return { table, cells };
}

/** How many characters the widest of some numbers takes. */
export function widest(numbers) {
  return Math.max(...numbers.map((number) => signed(number).length));
}

export class Stage {
  #filter = 0;
  #rows;

  /**
   * @param layer one of those that `layers` gives.
   * @param input the numbers of the input where they can be changed.
   * @param weights those of the weight.
   */
  constructor(layer, input, weights) {
    this.#rows = layer.input.map((_, channel) => this.#row(layer, channel, input, weights));
    this.element = make("div", { class: "stage" }, ...this.#rows.map(({ element }) => element));
  }

  #row(layer, channel, input, weights) {
    const { kind, size, kernel, padding } = layer;
    const isPadding = (place) => place < padding || place >= padding + size;
    const values = map(size + 2 * padding, words.input, (row, column) =>
      isPadding(row) || isPadding(column)
        ? "0"
        : input
          ? field(() => input[channel][row - padding], column - padding)
          : "",
    );
    values.cells.forEach((line, row) =>
      line.forEach((cell, column) => {
        cell.classList.toggle("edge-row", isPadding(row));
        cell.classList.toggle("edge-column", isPadding(column));
      }),
    );
    const kernels = map(kernel, "", (row, column) =>
      field(
        () => (kind === "depthwise" ? weights[channel][0] : weights[this.#filter][channel])[row],
        column,
      ),
    );
    const products = map(kernel, words.products);
    const sum = make("p");
    const element = make(
      "div",
      { class: "channel" },
      make("div", { class: "part" }, values.table),
      make("span", { class: "sign" }, "×"),
      make("div", { class: "part" }, kernels.table),
      make("span", { class: "sign" }, "="),
      make("div", { class: "part" }, products.table, sum),
    );
    return { element, values, kernels, products, sum };
  }

  /** Show a step of the layer; without one, no number takes part. */
  show({ kind, input, padding, steps }, step) {
    this.#filter = step?.channel ?? 0;
    const all = steps.flatMap(({ parts }) => parts.flatMap(({ terms }) => terms));
    const numbers = [...input.flat(2), ...all.map(({ product }) => product)];
    this.element.style.setProperty("--digits", widest(numbers));
    this.#rows.forEach(({ values, kernels, products, sum }, channel) => {
      const part = step?.parts.find((each) => each.channel === channel);
      const name = words.channel(channel + 1);
      const filter = kind === "depthwise" ? words.kernel : words.filter(this.#filter + 1);
      kernels.table.caption.textContent = filter;

      each(values.cells, (cell, row, column) => {
        cell.classList.remove("used");
        fill(cell, input[channel][row - padding]?.[column - padding] ?? 0, [
          words.input,
          name,
          words.place(row - padding + 1, column - padding + 1),
        ]);
      });
      each(kernels.cells, (cell, row, column) => {
        cell.classList.toggle("used", Boolean(part));
        fill(cell, 0, [filter, name, words.place(row + 1, column + 1)]);
      });
      each(products.cells, (cell) => cell.replaceChildren());
      for (const { row, column, value, weight, product } of part?.terms ?? []) {
        values.cells[part.top + padding + row][part.left + padding + column].classList.add("used");
        const factors = make("span", {}, `${signed(value)} × ${signed(weight)} = `);
        products.cells[row][column].replaceChildren(factors, signed(product));
      }
      sum.textContent = part ? words.sum(signed(part.sum)) : "";
    });
  }
}

function each(cells, visit) {
  cells.forEach((line, row) => line.forEach((cell, column) => visit(cell, row, column)));
}

function fill(cell, number, label) {
  const { firstElementChild: input } = cell;
  if (input) {
    refresh(input, label.join(", "));
  } else {
    cell.textContent = signed(number);
  }
}
