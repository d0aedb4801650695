// Parameters and multiply-adds of square kernels and images. The functions have the names that
// they have in mobilenet/cost.py; the tests compare the results of both.

export function conv2d(kernel_size, in_channels, out_channels, output_size, groups = 1) {
  const parameters = kernel_size ** 2 * (in_channels / groups) * out_channels;
  return { parameters, mult_adds: parameters * output_size ** 2 };
}

export function depthwise_conv2d(kernel_size, channels, output_size) {
  return conv2d(kernel_size, channels, channels, output_size, channels);
}

export function pointwise_conv2d(in_channels, out_channels, output_size) {
  return conv2d(1, in_channels, out_channels, output_size);
}

export function depthwise_separable_conv2d(kernel_size, in_channels, out_channels, output_size) {
  return sum([
    depthwise_conv2d(kernel_size, in_channels, output_size),
    pointwise_conv2d(in_channels, out_channels, output_size),
  ]);
}

/** Return the output's height and width where the padding is half of an odd kernel. */
export function output_size(size, stride) {
  return Math.ceil(size / stride);
}

/**
 * Return the cost of MobileNetV1, with one row for each layer.
 *
 * As in the paper's Table 2, a layer's row counts its weights alone. The last row has the
 * parameters of normalization and the classifier's bias; their multiply-adds are not counted.
 *
 * @param network The content of networks.json.
 */
export function model_cost(network, { width_multiplier, resolution, separable, shallow }) {
  const { kernel_size, num_classes } = network;
  const rows = [];
  let channels = network.in_channels;
  let size = resolution;
  let others = num_classes;

  function add(kind, stride, out_channels, cost) {
    rows.push({ kind, stride, size, channels: out_channels, ...cost });
    channels = out_channels;
    others += 2 * channels;
  }

  function addBlock([full_width, stride], separable) {
    const out_channels = Math.floor(full_width * width_multiplier);
    size = output_size(size, stride);
    if (separable) {
      add("depthwise", stride, channels, depthwise_conv2d(kernel_size, channels, size));
      add("pointwise", 1, out_channels, pointwise_conv2d(channels, out_channels, size));
    } else {
      add("standard", stride, out_channels, conv2d(kernel_size, channels, out_channels, size));
    }
  }

  addBlock(network.stem, false);
  for (const block of shallow ? network.shallow_blocks : network.blocks) addBlock(block, separable);
  const classifier = pointwise_conv2d(channels, num_classes, 1);
  rows.push({ kind: "classifier", size: 1, channels: num_classes, ...classifier });
  rows.push({ kind: "others", parameters: others, mult_adds: 0 });
  return { rows, ...sum(rows) };
}

function sum(costs) {
  const total = { parameters: 0, mult_adds: 0 };
  for (const { parameters, mult_adds } of costs) {
    total.parameters += parameters;
    total.mult_adds += mult_adds;
  }
  return total;
}
