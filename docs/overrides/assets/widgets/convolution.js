// Convolutions as torch.nn.functional.conv2d computes them, one output value for each step.
// An input is an array [channel][row][column]; a weight is an array
// [output channel][input channel of the filter][row][column].

/** Return how many positions a kernel has along one side: less than 1 where it does not fit. */
export function countPositions({ size, kernel, stride, padding }) {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

/** Return the choices that a kind of convolution fixes. */
export function fixChoices({ kind, inChannels }) {
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
 * Return the layers of a setting: one, or a depthwise and a pointwise one.
 *
 * @param numbers The input and each kind's weight for the largest setting. A smaller setting
 *   takes the first of them in each dimension.
 */
export function computeLayers(setting, numbers) {
  if (setting.kind === "separable") {
    const [depthwise] = computeLayers({ ...setting, kind: "depthwise" }, numbers);
    const [pointwise] = computeLayers(
      { ...setting, kind: "pointwise", size: depthwise.output[0].length, stride: 1 },
      { ...numbers, input: depthwise.output },
    );
    return [depthwise, pointwise];
  }
  const { kind, size, inChannels, outChannels, kernel, stride, padding } = {
    ...setting,
    ...fixChoices(setting),
  };
  const groups = kind === "depthwise" ? inChannels : 1;
  const input = takeFirst(numbers.input, inChannels, size, size);
  const weight = takeFirst(numbers[kind], outChannels, inChannels / groups, kernel, kernel);
  const { output, steps } = convolve(input, weight, stride, padding, groups);
  return [{ kind, size, kernel, padding, input, output, steps }];
}

/**
 * Return a convolution's output, and its steps: at each position, one for each output channel.
 *
 * A step has its place in the output, `channel`, `row` and `column`; the `sum`; a part of the sum
 * for each channel that the filter sees; and the `parameters` and `multAdds` used so far.
 */
function convolve(input, weight, stride, padding, groups) {
  const kernel = weight[0][0].length;
  const side = countPositions({ size: input[0].length, kernel, stride, padding });
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
          ...multiply(input[first + depth], weights, top, left),
        }));
        const sum = total(parts, "sum");
        const weights = filter.length * kernel * kernel;
        // All positions share the weights: only the first position uses new ones.
        parameters += steps.length < weight.length ? weights : 0;
        multAdds += weights;
        output[channel][row][column] = sum;
        steps.push({ channel, row, column, parts, sum, parameters, multAdds });
      });
    }
  }
  return { output, steps };
}

/** Multiply a kernel by the window of a channel at a place. The padding is zero. */
function multiply(channel, kernel, top, left) {
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

/** Take the first `length` entries of nested arrays, and so on in each further dimension. */
function takeFirst(numbers, length, ...rest) {
  const first = numbers.slice(0, length);
  return rest.length ? first.map((part) => takeFirst(part, ...rest)) : first;
}
