// <conv-stepper>: a convolution to step through, one output value at a time. What it starts
// from stands in the still picture inside of it (data-start).
import { fixed, layers, positions } from "./convolution.js";
import { make, style } from "./dom.js";
import { edit, signed } from "./fields.js";
import { Stage, map, widest } from "./stage.js";
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
/** Of the numbers for the largest choices. */
const SHAPES = {
  input: [3, 5, 5],
  standard: [4, 3, 3, 3],
  depthwise: [3, 1, 3, 3],
  pointwise: [4, 3, 1, 1],
};
const MILLISECONDS_A_STEP = 800;

const square = (side) => `${side}×${side}`;

class ConvStepper extends HTMLElement {
  #start;
  #setting;
  #numbers;
  #layers;
  #steps;
  #step;
  #timer;

  #selects = {};
  #buttons = {};
  #about = make("p", { class: "about" });
  #working = make("div", { class: "working" });
  #stages = make("div", { class: "stages" });
  #outputs = make("div", { class: "outputs" });
  #place = make("p");
  #equation = make("p", { class: "equation" });
  #counts = { parameters: make("p"), multAdds: make("p") };
  #status = make("div", { class: "status", role: "status" });
  #slider = make("input", { type: "range", min: 1 });
  #total = make("span");
  #problem = make("p", { class: "problem", role: "alert", id: "conv-stepper-problem" });
  /** Whether the problem came up on the way to a button: it is still to be read after its step. */
  #isNew = false;
  #drawn = [];

  connectedCallback() {
    if (!this.#start) {
      this.#start = this.querySelector("[data-start]").dataset.start;
      this.#build();
      this.#reset();
    }
  }

  disconnectedCallback() {
    this.#pause();
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
        this.#arrange();
      });
      this.#selects[name] = select;
      settings.append(make("label", { class: name }, words.names[name], select));
    }

    this.#status.append(this.#place, this.#equation, ...Object.values(this.#counts));

    const actions = {
      back: () => this.#go(this.#step - 1),
      play: () => (this.#timer ? this.#pause() : this.#play()),
      next: () => this.#go(this.#step + 1),
      reset: () => this.#reset(),
    };
    for (const [name, action] of Object.entries(actions)) {
      this.#buttons[name] = make("button", { type: "button" }, words[name]);
      this.#buttons[name].addEventListener("click", action);
    }
    this.#slider.addEventListener("input", () => this.#go(this.#slider.valueAsNumber - 1));

    edit(this.#stages, {
      entered: () => this.#pause(),
      changed: () => {
        this.#settle();
        this.#compute();
        this.#show();
      },
      wrong: (field, written) =>
        this.#complain(words.wrong(written, field.getAttribute("aria-label"), field.value), field),
    });

    this.#working.append(
      this.#stages,
      this.#outputs,
      this.#status,
      make(
        "div",
        { class: "controls" },
        make("label", {}, words.step, this.#slider, this.#total),
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
      Object.entries(SHAPES).map(([name, shape]) => [name, nested(numbers[name], shape)]),
    );
    this.#arrange();
  }

  /** Lay out the maps of the setting, and begin at its first step. */
  #arrange() {
    this.#pause();
    const given = fixed(this.#setting);
    const setting = { ...this.#setting, ...given };
    for (const [name, select] of Object.entries(this.#selects)) {
      select.value = setting[name];
      select.disabled = name in given;
    }
    this.#about.textContent = words.about[setting.kind];

    const fits = positions(setting) > 0;
    this.#working.hidden = !fits;
    if (fits) {
      this.#settle();
      this.#compute();
      this.#draw();
      this.#go(0);
    } else {
      const input = square(setting.size + 2 * setting.padding);
      const message = words.tooLarge(square(setting.kernel), input);
      this.#complain(message, this.#selects.kernel);
    }
  }

  #compute() {
    this.#layers = layers(this.#setting, this.#numbers);
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

  #draw() {
    this.#drawn = this.#layers.map((layer, index) => {
      const stage = new Stage(layer, index ? null : this.#numbers.input, this.#numbers[layer.kind]);
      const maps = layer.output.map((_, channel) =>
        map(layer.output[0].length, words.channel(channel + 1)),
      );
      const isLast = layer === this.#layers.at(-1);
      const output = make(
        "div",
        { class: "output" },
        make("p", {}, isLast ? words.output : words.stack),
        make("div", {}, ...maps.map(({ table }) => table)),
      );
      return { stage, output, maps };
    });
    this.#stages.replaceChildren(...this.#drawn.map(({ stage }) => stage.element));
    this.#outputs.replaceChildren(...this.#drawn.map(({ output }) => output));
  }

  #go(step) {
    if (step in this.#steps) {
      this.#step = step;
      if (!this.#isNew) {
        this.#settle();
      }
      this.#isNew = false;
      this.#show();
    }
  }

  #show() {
    const now = this.#steps[this.#step];
    this.#drawn.forEach(({ stage, output }, index) => {
      const layer = this.#layers[index];
      const isNow = index === now.layer;
      stage.element.classList.toggle("now", isNow);
      stage.show(layer, isNow ? now : null);
      output.style.setProperty("--digits", widest(layer.output.flat(2)));
    });
    this.#steps.forEach(({ layer, channel, row, column, sum }, index) => {
      const cell = this.#drawn[layer].maps[channel].cells[row][column];
      cell.textContent = index <= this.#step ? signed(sum) : "";
      cell.classList.toggle("used", index === this.#step);
    });

    const all = this.#steps.at(-1);
    const place = now.layer === all.layer ? words.outputPlace : words.stackPlace;
    this.#place.textContent = place(now.channel + 1, words.place(now.row + 1, now.column + 1));
    this.#equation.textContent = equation(now);
    for (const [name, count] of Object.entries(this.#counts)) {
      count.textContent = words.counts[name](now[name], all[name]);
    }

    const step = words.share(this.#step + 1, this.#steps.length);
    this.#slider.max = this.#steps.length;
    this.#slider.value = this.#step + 1;
    this.#slider.setAttribute("aria-valuetext", step);
    this.#total.textContent = step;
    // Not disabled: whoever has just pressed it would lose the focus.
    this.#buttons.back.setAttribute("aria-disabled", this.#step === 0);
    this.#buttons.next.setAttribute("aria-disabled", now === all);
  }

  #play() {
    if (this.#step === this.#steps.length - 1) {
      this.#go(0);
    }
    // Step after step would be read out over each other: what comes last is.
    this.#status.setAttribute("aria-live", "off");
    this.#buttons.play.textContent = words.pause;
    this.#timer = setInterval(() => {
      if (this.#step === this.#steps.length - 2) {
        this.#pause();
      }
      this.#go(this.#step + 1);
    }, MILLISECONDS_A_STEP);
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

  /** Say right below a field or a choice what is wrong with it. */
  #complain(message, about) {
    this.#settle();
    about.setAttribute("aria-describedby", this.#problem.id);
    this.#problem.textContent = message;
    const below = about.getBoundingClientRect().bottom - this.getBoundingClientRect().top;
    this.#problem.style.top = `${below}px`;
    this.#isNew = true;
  }

  /** Nothing is wrong. */
  #settle() {
    this.#problem.textContent = "";
    this.querySelector("[aria-describedby]")?.removeAttribute("aria-describedby");
  }
}

/** How the sums of the channels add up; of one channel, its sum. */
function equation({ parts: [first, ...others], sum }) {
  const added = others.map((other) => (other.sum < 0 ? ` − ${-other.sum}` : ` + ${other.sum}`));
  return [signed(first.sum), ...added, ...(added.length ? [` = ${signed(sum)}`] : [])].join("");
}

/** Numbers in a row as an array of arrays of this shape. */
function nested(numbers, [length, ...rest]) {
  const size = numbers.length / length;
  return Array.from({ length }, (_, index) => {
    const part = numbers.slice(index * size, (index + 1) * size);
    return rest.length ? nested(part, rest) : part[0];
  });
}

await style(new URL("stepper.css", import.meta.url));
customElements.define("conv-stepper", ConvStepper);
