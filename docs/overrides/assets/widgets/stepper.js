// <conv-stepper>: a convolution to step through, one output value at a time. The setting and the
// numbers that it starts with are in the picture inside the element (data-start).
import { computeLayers, countPositions, fixChoices } from "./convolution.js";
import { loadStyle, make } from "./dom.js";
import { format, listen } from "./fields.js";
import { LayerView, makeTable, measureWidest } from "./layer-view.js";
import { words } from "./stepper-words.js";

const CHOICES = {
  kind: Object.keys(words.kinds),
  size: [2, 3, 4, 5],
  inChannels: [1, 2, 3],
  outChannels: [1, 2, 3, 4],
  kernel: [1, 2, 3],
  stride: [1, 2],
  padding: [0, 1],
};
/** The shapes of the numbers for the largest setting. */
const SHAPES = {
  input: [3, 5, 5],
  standard: [4, 3, 3, 3],
  depthwise: [3, 1, 3, 3],
  pointwise: [4, 3, 1, 1],
};
const MILLISECONDS_PER_STEP = 800;

const square = (side) => `${side}×${side}`;

class ConvStepper extends HTMLElement {
  #start;
  #setting;
  #numbers;
  #layers;
  #views = [];
  #steps;
  #step;
  #timer;

  #selects = {};
  #buttons = {};
  #about = make("p", { class: "about" });
  #working = make("div", { class: "working" });
  #inputs = make("div", { class: "layers" });
  #outputs = make("div", { class: "outputs" });
  #place = make("p");
  #equation = make("p", { class: "equation" });
  #counts = { parameters: make("p"), multAdds: make("p") };
  #status = make("div", { class: "status", role: "status" });
  #slider = make("input", { type: "range", min: 1 });
  #progress = make("span");
  #problem = make("p", { class: "problem", role: "alert", id: "conv-stepper-problem" });
  /**
   * Whether the problem has appeared since the last step. A click on a button leaves the field and
   * takes a step: the problem with that field stays until the step after.
   */
  #isNewProblem = false;

  connectedCallback() {
    this.#start = this.querySelector("[data-start]").dataset.start;
    this.#build();
    this.#reset();
  }

  #build() {
    const settings = make("fieldset", {}, make("legend", {}, words.settings));
    const text = { kind: (kind) => words.kinds[kind], size: square, kernel: square };
    for (const [name, choices] of Object.entries(CHOICES)) {
      const options = choices.map((value) =>
        make("option", { value }, (text[name] ?? String)(value)),
      );
      const select = make("select", { name }, ...options);
      select.addEventListener("change", () => {
        this.#setting[name] = name === "kind" ? select.value : Number(select.value);
        this.#applySetting();
      });
      this.#selects[name] = select;
      settings.append(make("label", { class: name }, words.names[name], select));
    }

    this.#status.append(this.#place, this.#equation, ...Object.values(this.#counts));

    const actions = {
      back: () => this.#goTo(this.#step - 1),
      play: () => (this.#timer ? this.#pause() : this.#play()),
      next: () => this.#goTo(this.#step + 1),
      reset: () => this.#reset(),
    };
    for (const [name, action] of Object.entries(actions)) {
      this.#buttons[name] = make("button", { type: "button" }, words[name]);
      this.#buttons[name].addEventListener("click", action);
    }
    this.#slider.addEventListener("input", () => this.#goTo(this.#slider.valueAsNumber - 1));

    listen(this.#inputs, {
      onFocus: () => this.#pause(),
      onChange: () => {
        this.#clearProblem();
        this.#compute();
        this.#show();
      },
      onMistake: (field, text) => {
        const label = field.getAttribute("aria-label");
        this.#showProblem(words.wrong(text, label, field.value), field);
      },
    });

    this.#working.append(
      this.#inputs,
      this.#outputs,
      this.#status,
      make(
        "div",
        { class: "controls" },
        make("label", {}, words.step, this.#slider, this.#progress),
        ...Object.values(this.#buttons),
      ),
      make("p", { class: "hint" }, words.hint),
    );
    this.replaceChildren(settings, this.#about, this.#working, this.#problem);
  }

  #reset() {
    const { setting, numbers } = JSON.parse(this.#start);
    this.#setting = setting;
    this.#numbers = Object.fromEntries(
      Object.entries(SHAPES).map(([name, shape]) => [name, reshape(numbers[name], shape)]),
    );
    this.#applySetting();
  }

  /** Make the tables for the setting, and show its first step. */
  #applySetting() {
    this.#pause();
    const fixed = fixChoices(this.#setting);
    const setting = { ...this.#setting, ...fixed };
    for (const [name, select] of Object.entries(this.#selects)) {
      select.value = setting[name];
      select.disabled = name in fixed;
    }
    this.#about.textContent = words.about[setting.kind];

    const fits = countPositions(setting) > 0;
    this.#working.hidden = !fits;
    if (fits) {
      this.#clearProblem();
      this.#compute();
      this.#makeViews();
      this.#goTo(0);
    } else {
      const input = square(setting.size + 2 * setting.padding);
      const message = words.tooLarge(square(setting.kernel), input);
      this.#showProblem(message, this.#selects.kernel);
    }
  }

  #compute() {
    this.#layers = computeLayers(this.#setting, this.#numbers);
    const before = { parameters: 0, multAdds: 0 };
    this.#steps = this.#layers.flatMap((layer, index) => {
      const steps = layer.steps.map((step) => ({
        ...step,
        layer: index,
        parameters: before.parameters + step.parameters,
        multAdds: before.multAdds + step.multAdds,
      }));
      Object.assign(before, steps.at(-1));
      return steps;
    });
  }

  #makeViews() {
    const last = this.#layers.length - 1;
    this.#views = this.#layers.map((layer, index) => {
      // The reader can change the first layer's input; a later input is computed.
      const input = index === 0 ? this.#numbers.input : null;
      const maps = layer.output.map((rows, channel) =>
        makeTable(rows.length, words.channel(channel + 1)),
      );
      const output = make(
        "div",
        { class: "output" },
        make("p", {}, index === last ? words.output : words.stack),
        make("div", {}, ...maps.map(({ table }) => table)),
      );
      return { input: new LayerView(layer, input, this.#numbers[layer.kind]), output, maps };
    });
    this.#inputs.replaceChildren(...this.#views.map(({ input }) => input.element));
    this.#outputs.replaceChildren(...this.#views.map(({ output }) => output));
  }

  #goTo(step) {
    if (step in this.#steps) {
      this.#step = step;
      if (!this.#isNewProblem) {
        this.#clearProblem();
      }
      this.#isNewProblem = false;
      this.#show();
    }
  }

  #show() {
    const current = this.#steps[this.#step];
    const last = this.#steps.at(-1);
    this.#views.forEach(({ input, output }, index) => {
      const layer = this.#layers[index];
      const isCurrent = index === current.layer;
      input.element.classList.toggle("current", isCurrent);
      input.show(layer, isCurrent ? current : null);
      output.style.setProperty("--digits", measureWidest(layer.output.flat(2)));
    });
    this.#steps.forEach(({ layer, channel, row, column, sum }, index) => {
      const cell = this.#views[layer].maps[channel].cells[row][column];
      cell.textContent = index <= this.#step ? format(sum) : "";
      cell.classList.toggle("used", index === this.#step);
    });

    const describePlace = current.layer === last.layer ? words.outputPlace : words.stackPlace;
    const place = words.place(current.row + 1, current.column + 1);
    this.#place.textContent = describePlace(current.channel + 1, place);
    this.#equation.textContent = writeEquation(current);
    for (const [name, count] of Object.entries(this.#counts)) {
      count.textContent = words.counts[name](current[name], last[name]);
    }

    const progress = words.progress(this.#step + 1, this.#steps.length);
    this.#slider.max = this.#steps.length;
    this.#slider.value = this.#step + 1;
    this.#slider.setAttribute("aria-valuetext", progress);
    this.#progress.textContent = progress;
    // A button that is disabled would lose the focus of the reader who has just pressed it.
    this.#buttons.back.setAttribute("aria-disabled", this.#step === 0);
    this.#buttons.next.setAttribute("aria-disabled", current === last);
  }

  #play() {
    if (this.#step === this.#steps.length - 1) {
      this.#goTo(0);
    }
    // Steps follow each other faster than a screen reader can say them: it says the last one.
    this.#status.setAttribute("aria-live", "off");
    this.#buttons.play.textContent = words.pause;
    this.#timer = setInterval(() => {
      if (this.#step === this.#steps.length - 2) {
        this.#pause();
      }
      this.#goTo(this.#step + 1);
    }, MILLISECONDS_PER_STEP);
  }

  #pause() {
    if (this.#timer) {
      clearInterval(this.#timer);
      this.#timer = null;
      this.#status.setAttribute("aria-live", "polite");
      this.#buttons.play.textContent = words.play;
      this.#show();
    }
  }

  /** Explain right below a field or a choice what is wrong with it. */
  #showProblem(message, target) {
    this.#clearProblem();
    target.setAttribute("aria-describedby", this.#problem.id);
    this.#problem.textContent = message;
    const top = target.getBoundingClientRect().bottom - this.getBoundingClientRect().top;
    this.#problem.style.top = `${top}px`;
    this.#isNewProblem = true;
  }

  #clearProblem() {
    this.#problem.textContent = "";
    this.querySelector("[aria-describedby]")?.removeAttribute("aria-describedby");
  }
}

/** Write how the sums of the channels add up; with one channel, its sum. */
function writeEquation({ parts: [first, ...others], sum }) {
  const added = others.map((other) => (other.sum < 0 ? ` − ${-other.sum}` : ` + ${other.sum}`));
  return [format(first.sum), ...added, ...(added.length ? [` = ${format(sum)}`] : [])].join("");
}

/** Return a flat array of numbers as nested arrays of a shape. */
function reshape(numbers, [length, ...rest]) {
  const size = numbers.length / length;
  return Array.from({ length }, (_, index) => {
    const part = numbers.slice(index * size, (index + 1) * size);
    return rest.length ? reshape(part, rest) : part[0];
  });
}

await loadStyle(new URL("stepper.css", import.meta.url));
customElements.define("conv-stepper", ConvStepper);
