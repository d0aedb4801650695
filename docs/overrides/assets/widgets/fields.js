// Fields for whole numbers of one digit, in tables. Arrow keys lead from one field to the next.
import { make } from "./dom.js";

const NUMBER = /^\s*[-−+]?\d\s*$/;
const ARROWS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
/** For each field, a function that returns the array with its number, and the index there. */
const places = new WeakMap();

/** Return a number as text. Its minus sign is as wide as a plus sign. */
export function format(number) {
  return String(number).replace("-", "−");
}

/** Make a field for the number `getArray()[index]`. */
export function makeField(getArray, index) {
  // The Tab key stops at only one field of each table.
  const field = make("input", { autocomplete: "off", spellcheck: "false", tabindex: -1 });
  places.set(field, { getArray, index });
  return field;
}

/** Show the current number, except in the field where the reader is typing. */
export function refresh(field, label) {
  field.setAttribute("aria-label", label);
  if (field !== document.activeElement) {
    field.value = readNumber(field);
  }
}

function readNumber(field) {
  const { getArray, index } = places.get(field);
  return format(getArray()[index]);
}

/**
 * Listen to the fields inside an element.
 *
 * @param onFocus Called when the reader enters a field.
 * @param onChange Called when a number has changed.
 * @param onMistake Called with the field and its text when the reader leaves it with no number.
 */
export function listen(element, { onFocus, onChange, onMistake }) {
  element.addEventListener("focusin", ({ target }) => {
    if (places.has(target)) {
      for (const other of target.closest("table").querySelectorAll("input")) {
        other.tabIndex = other === target ? 0 : -1;
      }
      target.select();
      onFocus();
    }
  });
  element.addEventListener("keydown", (event) => {
    const [down, right] = ARROWS[event.key] ?? [];
    const cell = event.target.closest("td");
    const row = cell?.closest("table").rows[cell.parentElement.rowIndex + down];
    const next = row?.cells[cell.cellIndex + right]?.querySelector("input");
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
  element.addEventListener("input", ({ target }) => {
    if (NUMBER.test(target.value)) {
      const { getArray, index } = places.get(target);
      getArray()[index] = Number(target.value.replace("−", "-"));
      onChange();
    }
  });
  element.addEventListener("change", ({ target }) => {
    const text = target.value.trim();
    target.value = readNumber(target);
    if (!NUMBER.test(text)) {
      onMistake(target, text);
    }
  });
}
