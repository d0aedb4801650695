// Fields for small whole numbers, a table of them each: arrow keys lead from one to the next,
// and what is no such number is not taken.
import { make } from "./dom.js";

const NUMBER = /^\s*[-−+]?\d\s*$/;
const ARROWS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
/** Of each field, the function that gives the array its number is kept in, and the place there. */
const kept = new WeakMap();

/** A number as text, with the sign that is as wide as a plus. */
export function signed(number) {
  return String(number).replace("-", "−");
}

export function field(array, place) {
  // In a table, the Tab key stops at one field alone.
  const made = make("input", { autocomplete: "off", spellcheck: "false", tabindex: -1 });
  kept.set(made, { array, place });
  return made;
}

/** Show the number that is kept now, but not to whoever is writing another. */
export function refresh(made, label) {
  made.setAttribute("aria-label", label);
  if (made !== document.activeElement) {
    made.value = value(made);
  }
}

function value(made) {
  const { array, place } = kept.get(made);
  return signed(array()[place]);
}

/**
 * Have the fields inside of an element work. `changed` is called when a number is another,
 * `wrong` with the field and what was written there when that is no number.
 */
export function edit(inside, { entered, changed, wrong }) {
  inside.addEventListener("focusin", ({ target }) => {
    if (kept.has(target)) {
      for (const other of target.closest("table").querySelectorAll("input")) {
        other.tabIndex = other === target ? 0 : -1;
      }
      target.select();
      entered();
    }
  });
  inside.addEventListener("keydown", (event) => {
    const [down, right] = ARROWS[event.key] ?? [];
    const cell = event.target.closest("td");
    const to = cell?.closest("table").rows[cell.parentElement.rowIndex + down];
    const next = to?.cells[cell.cellIndex + right]?.querySelector("input");
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
  inside.addEventListener("input", ({ target }) => {
    if (NUMBER.test(target.value)) {
      const { array, place } = kept.get(target);
      array()[place] = Number(target.value.replace("−", "-"));
      changed();
    }
  });
  inside.addEventListener("change", ({ target }) => {
    const written = target.value.trim();
    target.value = value(target);
    if (!NUMBER.test(written)) {
      wrong(target, written);
    }
  });
}
