"""The command line: `python -m mobilenet summary|cost|export|train`, each with `--help`."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import torch
from torch import nn
from torchsummary import summary

from mobilenet import MobileNetV1, __version__, ver1, ver2
from mobilenet.cost import model_cost
from mobilenet.train import add_options, train

__all__ = ["main"]

PROGRAM = "python -m mobilenet"
ACTIVATIONS = {"relu": nn.ReLU, "relu6": nn.ReLU6}

#: What mobilenet_v1 can be built with, as argparse takes it; ver1 and ver2 have no options.
OPTIONS: dict[str, dict[str, Any]] = {
    "num_classes": {"type": int, "metavar": "N", "default": 1000, "help": "classes to tell apart"},
    "width_multiplier": {
        "type": float,
        "metavar": "X",
        "default": 1.0,
        "help": "factor for the number of channels of each layer, 1/32 = 0.03125 or more",
    },
    "in_channels": {"type": int, "metavar": "N", "default": 3, "help": "channels of the images"},
    "full_convolutions": {
        "action": "store_true",
        "default": False,
        "help": "full convolutions in place of depthwise separable ones (the paper's Table 4)",
    },
    "shallow": {
        "action": "store_true",
        "default": False,
        "help": "without the five blocks of 512 channels (the paper's Table 5)",
    },
    "activation": {
        "choices": list(ACTIVATIONS),
        "default": "relu",
        "help": "relu, as in the paper, or relu6, as in the published checkpoints",
    },
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, which prints its result.

    Args:
        argv: The arguments after `python -m mobilenet`; None takes `sys.argv[1:]`.

    Returns:
        The exit code, 0 for success.

    Raises:
        SystemExit: With code 2, after one line on stderr that says which argument or file is
            wrong; with code 0, after `--help` and `--version`.

    Examples:
        >>> from mobilenet.__main__ import main
        >>> main(["cost", "ver1", "--by", "kind", "--format", "csv"])
        kind,weights,mult_adds
        1x1 convolution,2091008,504889344
        3x3 depthwise,26208,17081856
        3x3 convolution,864,10838016
        0
    """  # noqa: DOC501 - the ValueError raised here is caught here
    parser = command = _parser()
    try:
        try:
            options, unknown = parser.parse_known_args(argv)
            command = getattr(options, "command", parser)
            if unknown:
                raise ValueError(f"unrecognized arguments: {' '.join(unknown)}")
            if command is parser:
                parser.print_help(sys.stderr)
                return 2
            options.run(options)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader, such as head, has enough. Without this, Python complains at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141  # what a shell says of a program that SIGPIPE has ended
    except KeyboardInterrupt:
        return 130  # and SIGINT
    except (ValueError, ImportError, OSError) as error:
        command.error(str(error))
    return 0


def _summary(options: argparse.Namespace) -> None:
    model, size, _ = _network(options)
    try:
        with torch.no_grad():
            summary(model, input_size=size, device="cpu")
    except RuntimeError as error:
        raise ValueError(f"{size} is too large for this machine's memory: {error}") from error


def _cost(options: argparse.Namespace) -> None:
    with torch.device("meta"):  # quick, and without memory for the weights
        model, size, chosen = _network(options)
    found = model_cost(model, size)
    if options.by == "kind":
        rows: list[dict[str, Any]] = [
            {"kind": kind, "weights": cost.parameters, "mult_adds": cost.mult_adds}
            for kind, cost in found.by_kind().items()
        ]
    else:
        rows = [asdict(row) for row in found.rows]
    if options.format == "json":
        answer = {
            "network": options.network,
            "options": chosen,
            "input_size": size,
            "parameters": found.parameters,
            "mult_adds": found.mult_adds,
            "rows": rows,
            "unreached": found.unreached,
        }
        print(json.dumps(answer, indent=2))
    elif options.format == "csv":
        table = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]), lineterminator="\n")
        table.writeheader()
        for row in rows:
            shapes = {k: "x".join(map(str, v)) for k, v in row.items() if isinstance(v, tuple)}
            table.writerow(row | shapes)
    else:
        print(_kinds(rows) if options.by == "kind" else found)


def _kinds(rows: list[dict[str, Any]]) -> str:
    """Return a table like the paper's Table 2: the cost of each kind of layer, in percent too."""
    weights, mult_adds = (sum(row[name] for row in rows) for name in ("weights", "mult_adds"))
    total = {"kind": "total", "weights": weights, "mult_adds": mult_adds}
    return "\n".join(
        [
            f"{'kind':16}{'weights':>14}{'share':>9}{'multiply-adds':>18}{'share':>9}",
            *(
                f"{row['kind']:16}{row['weights']:14,}{row['weights'] / weights:9.2%}"
                f"{row['mult_adds']:18,}{row['mult_adds'] / mult_adds:9.2%}"
                for row in (*rows, total)
            ),
        ]
    )


def _export(options: argparse.Namespace) -> None:
    path = Path(options.file)
    if path.suffix != ".onnx":
        raise ValueError(f"{path} does not end in .onnx: give a file that does")
    if path.exists() and not options.force:
        raise ValueError(f"{path} exists already: give another name, or --force to overwrite it")
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent}: make it first")
    model, size, _ = _network(options)
    # Here, so that no other command needs what these two do.
    from mobilenet import deploy, pretrained

    weights = "random weights"
    if "checkpoint" in options:
        assert isinstance(model, MobileNetV1)
        pretrained.load(model, options.checkpoint)
        weights = f"the weights of {options.checkpoint}"
    try:
        deploy.export_onnx(model, path, input_size=size)
    except RuntimeError as error:  # torch's, of memory and of the exporter
        raise ValueError(f"it cannot be exported: {str(error).splitlines()[0]}") from error
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {options.network} with {weights}")


def _network(
    options: argparse.Namespace,
) -> tuple[nn.Module, tuple[int, int, int], dict[str, Any]]:
    # The network in eval mode, the size of its images, and the options that it was built with.
    given = vars(options)
    if options.network != "mobilenet_v1":
        for name in (*OPTIONS, "checkpoint"):
            if name in given:
                raise ValueError(f"{_flag(name)} is for mobilenet_v1, not for {options.network}")
        model: nn.Module = ver1.MobileNet() if options.network == "ver1" else ver2.MobileNet()
        return model.eval(), (3, options.resolution, options.resolution), {}
    chosen = {name: given.get(name, setting["default"]) for name, setting in OPTIONS.items()}
    try:
        model = MobileNetV1(
            chosen["num_classes"],
            chosen["width_multiplier"],
            chosen["in_channels"],
            activation=ACTIVATIONS[chosen["activation"]],
            separable=not chosen["full_convolutions"],
            shallow=chosen["shallow"],
        )
    except (RuntimeError, TypeError) as error:  # torch's, of memory and of sizes
        raise ValueError(f"the network is too large: {str(error).splitlines()[0]}") from error
    return model.eval(), (chosen["in_channels"], options.resolution, options.resolution), chosen


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, and whose examples keep their line breaks."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **settings)

    def error(self, message: str) -> NoReturn:
        line = " ".join(message.split())
        self.exit(2, f"{self.prog}: error: {line} (see {self.prog} --help)\n")


def _parser() -> _Parser:
    parser = _Parser(
        prog=PROGRAM,
        usage="%(prog)s COMMAND NETWORK [options]",
        description="Summaries, costs, export and training of MobileNet v1 and related networks.",
        epilog=f"For help on a command: {PROGRAM} COMMAND --help",
    )
    parser.add_argument("--version", action="version", version=f"mobilenet {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog=PROGRAM)

    def add(
        run: Callable[[argparse.Namespace], None],
        purpose: str,
        example: str,
        usage: str = "%(prog)s NETWORK [options]",
    ) -> _Parser:
        command = commands.add_parser(
            run.__name__.strip("_"),
            help=purpose,
            description=purpose,
            usage=usage,
            epilog=f"example:\n  {PROGRAM} {example}",
        )
        command.set_defaults(run=run, command=command)
        return command

    command = add(
        _summary, "Print the layers with torchsummary, as the blog post does.", "summary ver1"
    )
    _add_network(command)

    command = add(
        _cost,
        "Count parameters, and multiply-adds for one image.",
        "cost mobilenet_v1 --width-multiplier 0.25 --by kind",
    )
    _add_network(command)
    output = command.add_argument_group("output")
    output.add_argument(
        "--by",
        choices=["layer", "kind"],
        default="layer",
        help="a row for each call of a layer, or one for each kind of layer; by kind, bias and "
        "normalization are left out and shared weights count once (default: %(default)s)",
    )
    output.add_argument(
        "--format",
        choices=["text", "json", "csv"],
        default="text",
        help="a table, a JSON object with the totals, or the rows as CSV (default: %(default)s)",
    )

    command = add(
        _export,
        "Write the network as ONNX, with BatchNorm folded in, and check its outputs.",
        "export mobilenet_v1 mobilenet.onnx --activation relu6 \\\n"
        "      --checkpoint mobilenetv1_100.ra4_e3600_r224_in1k",
        usage="%(prog)s NETWORK FILE [options]",
    )
    _add_network(command)
    output = command.add_argument_group("output")
    output.add_argument("file", metavar="FILE", help="what to write; its name ends in .onnx")
    output.add_argument("--force", action="store_true", help="overwrite FILE if it exists")
    output.add_argument(
        "--checkpoint",
        metavar="SOURCE",
        default=argparse.SUPPRESS,
        help="weights for mobilenet_v1: a .safetensors or .pth file, or the name of a published "
        "checkpoint, which is downloaded (default: random weights)",
    )

    command = add(
        train,
        "Train a small network on handwritten digits.",
        "train separable --checkpoint digits.pt --metrics digits.csv",
    )
    add_options(command)
    return parser


def _add_network(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("network")
    group.add_argument(
        "network",
        metavar="NETWORK",
        choices=["ver1", "ver2", "mobilenet_v1"],
        help="ver1 or ver2, the blog post's, or mobilenet_v1, the paper's",
    )
    group.add_argument(
        "--resolution",
        metavar="N",
        type=_resolution,
        default=224,
        help="images of N x N pixels, N 32 or more (default: %(default)s)",
    )
    group = command.add_argument_group("options of mobilenet_v1")
    for name, setting in OPTIONS.items():
        default = f" (default: {setting['default']})" if setting["default"] else ""
        # What is not given stays out, so that ver1 and ver2 can refuse what is.
        setting = setting | {"help": setting["help"] + default, "default": argparse.SUPPRESS}
        group.add_argument(_flag(name), **setting)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _resolution(text: str) -> int:
    if not text.isdecimal() or len(text) > 5 or int(text) < 32:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 32 to 99999")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
