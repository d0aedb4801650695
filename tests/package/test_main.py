"""The command line: the paper's figures, the post's tables, files, and wrong arguments."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from mobilenet import MobileNetV1
from mobilenet.__main__ import main
from mobilenet.deploy import OnnxModel
from tests.commands import find_blocks, run_commands
from tests.package.conftest import Command

SMALL = "--width-multiplier 0.25 --num-classes 10 --resolution 32"


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True)


class TestCost:
    @pytest.mark.parametrize(
        ("network", "parameters", "mult_adds"),
        # Worked out from the paper's Table 1 and sections 3.3 and 3.4; in the paper's
        # millions those of its Tables 4 to 7.
        [
            ("mobilenet_v1", 4_231_976, 568_740_352),
            ("mobilenet_v1 --full-convolutions", 29_294_088, 4_867_293_184),
            ("mobilenet_v1 --shallow", 2_887_976, 307_323_392),
            ("mobilenet_v1 --width-multiplier 0.25", 470_072, 41_030_272),
            ("mobilenet_v1 --resolution 128", 4_231_976, 186_400_768),
            # A class is 1,024 weights and a bias; the first layer has 32 kernels of 3x3.
            ("mobilenet_v1 --num-classes 10", 4_231_976 - 990 * 1025, 568_740_352 - 990 * 1024),
            ("mobilenet_v1 --in-channels 1", 4_231_976 - 576, 568_740_352 - 576 * 112 * 112),
            ("mobilenet_v1 --activation relu6", 4_231_976, 568_740_352),
            ("ver1", 3_143_080, 532_809_216),
            # VER2 classifies each of its 49 positions.
            ("ver2", 4_231_976, 568_740_352 + 48 * 1_024_000),
        ],
    )
    def test_totals(self, succeed: Command, network: str, parameters: int, mult_adds: int) -> None:
        """The table and the JSON object have the totals, and the rows add up to them."""
        table = succeed(f"cost {network}").splitlines()
        total = next(line for line in table if line.startswith("total"))
        assert total.split() == ["total", f"{parameters:,}", f"{mult_adds:,}"]
        found = json.loads(succeed(f"cost {network} --format json"))
        assert (parameters, mult_adds) == (found["parameters"], found["mult_adds"])
        assert mult_adds == sum(row["mult_adds"] for row in found["rows"])

    def test_json(self, succeed: Command) -> None:
        """The object has the network's options, given or not, the image's size and the rows."""
        options = "--shallow --width-multiplier 0.5 --resolution 160"
        found = json.loads(succeed(f"cost mobilenet_v1 {options} --format json"))
        assert found["network"] == "mobilenet_v1"
        chosen: dict[str, Any] = {"num_classes": 1000, "width_multiplier": 0.5, "in_channels": 3}
        chosen |= {"full_convolutions": False, "shallow": True, "activation": "relu"}
        assert found["options"] == chosen
        assert (found["input_size"], found["unreached"]) == ([3, 160, 160], [])
        row: dict[str, Any] = {"name": "stem.conv", "call": 1, "kind": "3x3 convolution"}
        row |= {"input_shape": [1, 3, 160, 160], "output_shape": [1, 16, 80, 80]}
        row |= {"parameters": 432, "mult_adds": 432 * 80 * 80}
        assert row.items() <= found["rows"][0].items()

    def test_csv(self, succeed: Command) -> None:
        """The file has a header, plain numbers that add up, and shapes as 1x32x112x112."""
        printed = succeed("cost mobilenet_v1 --format csv")
        rows = list(csv.DictReader(printed.splitlines()))
        assert sum(int(row["parameters"]) for row in rows) == 4_231_976
        assert sum(int(row["mult_adds"]) for row in rows) == 568_740_352
        shapes = {"input_shape": "1x3x224x224", "output_shape": "1x32x112x112"}
        assert {"name": "stem.conv", **shapes}.items() <= rows[0].items()
        assert "\r" not in printed

    def test_by_kind_is_the_papers_table_2(self, succeed: Command) -> None:
        """The shares are those that are printed, but for one that does not add up to 100%."""
        table = succeed("cost mobilenet_v1 --by kind").splitlines()
        shares = {line[:16].strip(): line.split()[-3::2] for line in table[1:]}
        assert shares == {
            "1x1 convolution": ["74.59%", "94.86%"],
            "3x3 depthwise": ["1.06%", "3.06%"],
            "3x3 convolution": ["0.02%", "1.91%"],  # 1.19% in the paper
            "Linear": ["24.33%", "0.18%"],
            "total": ["100.00%", "100.00%"],
        }

    def test_by_kind_for_programs(self, succeed: Command) -> None:
        """CSV and JSON have a row for each kind, with VER1's shared weights counted once."""
        rows = json.loads(succeed("cost ver1 --by kind --format json"))["rows"]
        assert sum(row["mult_adds"] for row in rows) == 532_809_216
        assert sum(row["weights"] for row in rows) == 3_143_080 - 1_025_000
        table = csv.DictReader(succeed("cost ver1 --by kind --format csv").splitlines())
        assert [list(map(str, row.values())) for row in rows] == [
            list(row.values()) for row in table
        ]
        assert table.fieldnames == ["kind", "weights", "mult_adds"]

    def test_reader_that_stops_early(self) -> None:
        """``python -m mobilenet cost ver1 | head -1`` ends without a complaint."""
        command = [sys.executable, "-m", "mobilenet", "cost", "ver1"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
            assert process.stdout
            assert process.stderr
            process.stdout.close()
            assert process.stderr.read() == ""
        assert process.returncode == 141


class TestSummary:
    def test_options(self, succeed: Command) -> None:
        """Each network has its table, and images their resolution."""
        assert "Total params: 3,185,088\n" in succeed("summary ver1")
        assert "Total params: 4,231,976\n" in succeed("summary mobilenet_v1")
        shallow = succeed("summary mobilenet_v1 --shallow --resolution 64")
        assert "Total params: 2,887,976\n" in shallow
        assert "[-1, 32, 80, 80]" in succeed("summary ver2 --resolution 160")


class TestExport:
    def test_any_batch(self, folder: Path) -> None:
        """The file takes any number of images, and one line alone says what was written."""
        done = run_python("-m", "mobilenet", "export", "mobilenet_v1", "a.onnx", *SMALL.split())
        size = f"{Path('a.onnx').stat().st_size / 1_000_000:.1f} MB"
        line = f"a.onnx: {size}, mobilenet_v1 with random weights\n"
        assert (0, line, "") == (done.returncode, done.stdout, done.stderr)
        assert OnnxModel("a.onnx")(torch.zeros(3, 3, 32, 32)).shape == (3, 10)

    def test_checkpoint(self, succeed: Command, folder: Path) -> None:
        """With --checkpoint the file, overwritten with --force, predicts as the trained network."""
        Path("trained.onnx").write_text("old")
        trained, images = MobileNetV1(10, 0.25).eval(), torch.randn(1, 3, 32, 32)
        torch.save(trained.state_dict(), "trained.pth")
        line = succeed(f"export mobilenet_v1 trained.onnx {SMALL} --force --checkpoint trained.pth")
        assert "trained.pth" in line
        with torch.no_grad():
            expected, found = trained(images), OnnxModel("trained.onnx")(images)
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)

    @pytest.mark.parametrize("network", ["ver1", "ver2"])
    def test_networks_of_the_post(self, succeed: Command, folder: Path, network: str) -> None:
        """The post's networks can be exported too."""
        succeed(f"export {network} post.onnx")
        assert Path("post.onnx").stat().st_size > 0

    @pytest.mark.parametrize(
        ("arguments", "complaint"),
        [
            ("net.pth", "net.pth does not end in .onnx"),
            ("mine.onnx", "--force to overwrite it"),
            ("missing/net.onnx", "missing: make it first"),
            ("net.onnx --checkpoint nowhere.pth", "nowhere.pth"),
            (f"net.onnx {SMALL} --checkpoint other", "does not fit"),
        ],
    )
    def test_refused(self, fail: Command, folder: Path, arguments: str, complaint: str) -> None:
        """A wrong file name or checkpoint is an error of one line, and nothing is written."""
        torch.save(MobileNetV1(20, 0.25).state_dict(), "other")
        Path("mine.onnx").write_text("mine")
        assert complaint in fail(f"export mobilenet_v1 {arguments}")
        assert sorted(file.name for file in folder.iterdir()) == ["mine.onnx", "other"]
        assert Path("mine.onnx").read_text() == "mine"

    def test_without_onnx(self) -> None:
        """Where onnx is missing, a line says how to install it, and the other commands work."""
        without = "import sys; sys.modules.update(onnx=None, onnxruntime=None, onnxscript=None); "
        program = without + "from mobilenet.__main__ import main; sys.exit(main(sys.argv[1:]))"
        failed = run_python("-c", program, "export", "mobilenet_v1", "net.onnx", *SMALL.split())
        assert (failed.returncode, failed.stdout) == (2, "")
        assert len(failed.stderr.splitlines()) == 1
        assert "pip install" in failed.stderr
        assert run_python("-c", program, "cost", "ver1").returncode == 0


class TestErrors:
    @pytest.mark.parametrize(
        ("command", "complaint"),
        [
            ("cost", "the following arguments are required: NETWORK"),
            ("cost ver3", "invalid choice: 'ver3'"),
            ("cost ver1 --color", "unrecognized arguments: --color"),
            ("cost ver1 --shallow", "--shallow is for mobilenet_v1, not for ver1"),
            ("export ver1 a.onnx --checkpoint a.pth", "--checkpoint is for mobilenet_v1"),
            ("cost mobilenet_v1 --width-multiplier 0.01", "at least 1/32"),
            ("cost mobilenet_v1 --width-multiplier 1e9", "the network is too large"),
            ("cost mobilenet_v1 --num-classes ten", "--num-classes: invalid int value: 'ten'"),
            ("cost ver1 --resolution 16", "16 is not a whole number from 32 to 99999"),
            ("cost ver1 --resolution 32.5", "32.5 is not a whole number from 32 to 99999"),
        ],
    )
    def test_wrong_argument(self, fail: Command, command: str, complaint: str) -> None:
        """What is wrong is said in one line, which names the help of that command."""
        line = fail(command)
        assert complaint in line
        assert f"(see python -m mobilenet {command.split()[0]} --help)" in line


class TestHelp:
    def test_without_a_command(self) -> None:
        """``python -m mobilenet`` alone shows the help on stderr, and fails."""
        alone, asked = run_python("-m", "mobilenet"), run_python("-m", "mobilenet", "--help")
        assert (alone.returncode, alone.stdout) == (2, "")
        assert (asked.returncode, asked.stderr) == (0, "")
        assert asked.stdout == alone.stderr
        assert all(name in asked.stdout for name in ("summary", "cost", "export", "train"))

    @pytest.mark.parametrize("command", ["summary", "cost", "export"])
    def test_example_runs(
        self, succeed: Command, capsys: pytest.CaptureFixture[str], folder: Path, command: str
    ) -> None:
        """The example that a command's help shows is one that runs."""
        with pytest.raises(SystemExit):
            main([command, "--help"])
        example = capsys.readouterr().out.partition("example:\n")[2].replace("\\\n", " ")
        program, _, arguments = example.partition(" -m mobilenet ")
        assert program.strip() == "python"
        before, option, _ = arguments.partition("--checkpoint ")
        if option:  # a file in place of the download
            torch.save(MobileNetV1().state_dict(), "weights.pth")
            arguments = f"{before}{option}weights.pth"
        succeed(arguments)

    def test_commands_of_the_page(self, tmp_path: Path) -> None:
        """Those of "Use it in your project" run as they stand, and write what they say."""
        (commands,) = find_blocks("docs/en/use.md", __file__)
        run_commands(commands, tmp_path)
        assert sorted(file.name for file in tmp_path.iterdir()) == ["mobilenet.onnx", "ver1.csv"]
