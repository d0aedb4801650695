// Convolutions as torch.nn.functional.conv2d computes them, one output value a step.
// Maps are arrays: an input is [channel][row][column], a weight
// [output channel][channel that the filter sees][row][column].

/** How many positions a kernel has along one side; fewer than one where it does not fit. */
export function positions({ size, kernel, stride, padding }) {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

/**
 * A convolution: its `output`, and its `steps` in order, position by position, at each one
 * output channel after the other. A step has its place in the output, the `terms` that are
 * multiplied, their sum, and what it has taken so far: `parameters` and `multAdds`.
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
        const terms = products(input, filter, {
          first: Math.floor((channel * groups) / weight.length) * filter.length,
          top: row * stride - padding,
          left: column * stride - padding,
        });
        const sum = terms.reduce((total, { product }) => total + product, 0);
        // Each filter is used first at the first position, and again at all others.
        parameters += steps.length < weight.length ? terms.length : 0;
        multAdds += terms.length;
        output[channel][row][column] = sum;
        steps.push({ channel, row, column, terms, sum, parameters, multAdds });
      });
    }
  }
  return { output, steps };
}

/** What a filter multiplies at one position; outside of the input are zeros. */
function products(input, filter, { first, top, left }) {
  return filter.flatMap((kernel, depth) =>
    kernel.flatMap((weights, y) =>
      weights.map((weight, x) => {
        const [channel, row, column] = [first + depth, top + y, left + x];
        const value = input[channel][row]?.[column] ?? 0;
        return { channel, row, column, value, weight, y, x, product: value * weight };
      }),
    ),
  );
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
