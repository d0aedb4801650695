// Convolutions as torch.nn.functional.conv2d computes them, one output value a step.
// Maps are arrays: an input is [channel][row][column], a weight
// [output channel][channel that the filter sees][row][column].

/** How many positions a kernel has along one side; fewer than one where it does not fit. */
export function positions({ size, kernel, stride, padding }) {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

/**
 * A convolution: its `output`, and its `steps` in order, position by position, at each one
 * output channel after the other. A step has its place in the output; for each channel that
 * its filter sees, a part: the terms that are multiplied, and their sum; the sum of the parts;
 * and what has been used and done so far, `parameters` and `multAdds`.
 */
export function convolution(input, weight, { stride = 1, padding = 0, groups = 1 }) {
  const kernel = weight[0][0].length;
  const side = positions({ size: input[0].length, kernel, stride, padding });
  const output = weight.map(() => Array.from({ length: side }, () => []));
  const steps = [];
  let parameters = 0;
  let multAdds = 0;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      weight.forEach((filter, channel) => {
        const first = Math.floor((channel * groups) / weight.length) * filter.length;
        const top = row * stride - padding;
        const left = column * stride - padding;
        const parts = filter.map((weights, depth) => ({
          channel: first + depth,
          ...products(input[first + depth], weights, top, left),
        }));
        const sum = total(parts, "sum");
        const taken = filter.length * kernel * kernel;
        // A filter's first position is the first; at all others the same weights come again.
        parameters += steps.length < weight.length ? taken : 0;
        multAdds += taken;
        output[channel][row][column] = sum;
        steps.push({ channel, row, column, parts, sum, parameters, multAdds });
      });
    }
  }
  return { output, steps };
}

/** A kernel times the window at a place in a channel; around the channel are zeros. */
function products(channel, kernel, top, left) {
  const terms = kernel.flatMap((weights, row) =>
    weights.map((weight, column) => {
      const value = channel[top + row]?.[left + column] ?? 0;
      return { row, column, value, weight, product: value * weight };
    }),
  );
  return { top, left, terms, sum: total(terms, "product") };
}

function total(entries, name) {
  return entries.reduce((sum, entry) => sum + entry[name], 0);
}

/** What the kind of a setting leaves no choice about. */
export function fixed({ kind, inChannels }) {
  switch (kind) {
    case "depthwise":
      return { outChannels: inChannels };
    case "pointwise":
      return { kernel: 1, padding: 0 };
    default:
      return {};
  }
}

/**
 * The convolutions of a setting, in order: one, or two where the pointwise one follows the
 * depthwise one. `numbers` has an input, and a weight for each kind, of the largest setting;
 * a smaller one takes the first of them.
 */
export function layers(setting, numbers) {
  if (setting.kind === "separable") {
    const [first] = layers({ ...setting, kind: "depthwise" }, numbers);
    const [second] = layers(
      { ...setting, kind: "pointwise", size: first.output[0].length, stride: 1 },
      { ...numbers, input: first.output },
    );
    return [first, second];
  }
  const { kind, size, inChannels, outChannels, kernel, stride, padding } = {
    ...setting,
    ...fixed(setting),
  };
  const groups = kind === "depthwise" ? inChannels : 1;
  const input = cut(numbers.input, inChannels, size, size);
  const weight = cut(numbers[kind], outChannels, inChannels / groups, kernel, kernel);
  const made = convolution(input, weight, { stride, padding, groups });
  return [{ kind, size, kernel, padding, input, weight, ...made }];
}

/** The first entries of an array of arrays, in each dimension so many. */
function cut(numbers, length, ...rest) {
  const first = numbers.slice(0, length);
  return rest.length ? first.map((part) => cut(part, ...rest)) : first;
}
