"""The command line, against the paper's figures, the post's tables, and wrong arguments."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from mobilenet import MobileNetV1, __version__
from mobilenet.__main__ import main
from tests.commands import run_by, run_commands

POST = Path(__file__).parent / "post"
SMALL = ["--width-multiplier", "0.25", "--num-classes", "10", "--resolution", "32"]


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that succeeds prints, nothing of it on stderr."""
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line on stderr of a command that fails with 2, and prints nothing else."""
    with pytest.raises(SystemExit) as exit_code:
        main(arguments)
    out, err = capsys.readouterr()
    assert exit_code.value.code == 2
    assert out == ""
    assert err.endswith("\n")
    assert len(err.splitlines()) == 1
    return err


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True)


# Arguments, parameters, multiply-adds: worked out from the paper's Table 1 and sections 3.3
# and 3.4, in the paper's millions those of its Tables 4 to 7.
TOTALS = [
    (["mobilenet_v1"], 4_231_976, 568_740_352),
    (["mobilenet_v1", "--full-convolutions"], 29_294_088, 4_867_293_184),
    (["mobilenet_v1", "--shallow"], 2_887_976, 307_323_392),
    (["mobilenet_v1", "--width-multiplier", "0.25"], 470_072, 41_030_272),
    (["mobilenet_v1", "--resolution", "192"], 4_231_976, 418_121_728),
    # A class is 1,024 weights and a bias; the first layer has 32 kernels of 3x3.
    (["mobilenet_v1", "--num-classes", "10"], 4_231_976 - 990 * 1025, 568_740_352 - 990 * 1024),
    (["mobilenet_v1", "--in-channels", "1"], 4_231_976 - 576, 568_740_352 - 576 * 112 * 112),
    (["mobilenet_v1", "--activation", "relu6"], 4_231_976, 568_740_352),
    (["ver1"], 3_143_080, 532_809_216),
    # VER2 classifies each of its 49 positions.
    (["ver2"], 4_231_976, 568_740_352 + 48 * 1_024_000),
]


class TestCost:
    @pytest.mark.parametrize(("arguments", "parameters", "mult_adds"), TOTALS)
    def test_totals(
        self,
        capsys: pytest.CaptureFixture[str],
        arguments: list[str],
        parameters: int,
        mult_adds: int,
    ) -> None:
        """The table ends in the totals, of each network and with each option."""
        table = printed(capsys, "cost", *arguments)
        total = next(line for line in table.splitlines() if line.startswith("total"))

        assert ["total", f"{parameters:,}", f"{mult_adds:,}"] == total.split()

    def test_says_what_is_never_called(self, capsys: pytest.CaptureFixture[str]) -> None:
        """VER1's pooling, classifier and softmax are named below its table."""
        assert printed(capsys, "cost", "ver1").endswith("\nnever called: avgp, fc, sm\n")

    @pytest.mark.parametrize(("arguments", "parameters", "mult_adds"), TOTALS)
    def test_json(
        self,
        capsys: pytest.CaptureFixture[str],
        arguments: list[str],
        parameters: int,
        mult_adds: int,
    ) -> None:
        """One object, whose rows' multiply-adds add up to its total."""
        found = json.loads(printed(capsys, "cost", *arguments, "--format", "json"))

        assert (parameters, mult_adds) == (found["parameters"], found["mult_adds"])
        assert mult_adds == sum(row["mult_adds"] for row in found["rows"])
        assert arguments[0] == found["network"]

    def test_json_says_what_was_counted(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Options with their values, given or not, and the size of an image, are in the object."""
        arguments = ["--shallow", "--width-multiplier", "0.5", "--resolution", "160"]
        found = json.loads(printed(capsys, "cost", "mobilenet_v1", *arguments, "--format=json"))

        assert found["options"] == {
            "num_classes": 1000,
            "width_multiplier": 0.5,
            "in_channels": 3,
            "full_convolutions": False,
            "shallow": True,
            "activation": "relu",
        }
        assert found["input_size"] == [3, 160, 160]
        assert found["unreached"] == []

    def test_json_row(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A row holds all that is known of a call, shapes as lists."""
        found = json.loads(printed(capsys, "cost", "ver1", "--format", "json"))
        expected = {
            "name": "DWConv1.0",
            "call": 1,
            "kind": "3x3 convolution",
            "input_shape": [1, 3, 224, 224],
            "output_shape": [1, 32, 112, 112],
            "parameters": 864,
            "mult_adds": 864 * 112 * 112,
        }

        assert expected.items() <= found["rows"][0].items()
        assert found["unreached"] == ["avgp", "fc", "sm"]
        assert found["options"] == {}

    def test_csv(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A header and a row per call, plain numbers that add up, shapes as 1x32x112x112."""
        lines = printed(capsys, "cost", "mobilenet_v1", "--format", "csv")
        rows = list(csv.DictReader(lines.splitlines()))

        assert sum(int(row["parameters"]) for row in rows) == 4_231_976
        assert sum(int(row["mult_adds"]) for row in rows) == 568_740_352
        assert (
            rows[0]["name"],
            rows[0]["input_shape"],
            rows[0]["output_shape"],
        ) == ("stem.conv", "1x3x224x224", "1x32x112x112")
        assert "\r" not in lines

    def test_by_kind_is_table_2(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Shares of multiply-adds and weights are those of the paper's Table 2.

        But for one: the paper has 1.19% for the full convolution, and its column does
        not add up to 100% with it.
        """
        table = printed(capsys, "cost", "mobilenet_v1", "--by", "kind").splitlines()
        shares = {line[:16].strip(): line.split()[-3::2] for line in table[1:]}

        assert shares == {
            "1x1 convolution": ["74.59%", "94.86%"],
            "3x3 depthwise": ["1.06%", "3.06%"],
            "3x3 convolution": ["0.02%", "1.91%"],
            "Linear": ["24.33%", "0.18%"],
            "total": ["100.00%", "100.00%"],
        }

    @pytest.mark.parametrize("form", ["csv", "json"])
    def test_by_kind_for_programs(self, capsys: pytest.CaptureFixture[str], form: str) -> None:
        """A row per kind; VER1's shared block has its weights counted once."""
        text = printed(capsys, "cost", "ver1", "--by", "kind", "--format", form)
        rows: list[dict[str, Any]] = (
            list(csv.DictReader(text.splitlines())) if form == "csv" else json.loads(text)["rows"]
        )

        assert sum(int(row["mult_adds"]) for row in rows) == 532_809_216
        assert sum(int(row["weights"]) for row in rows) == 3_143_080 - 1_025_000
        assert list(rows[0]) == ["kind", "weights", "mult_adds"]

    def test_a_reader_that_has_enough(self) -> None:
        """``python -m mobilenet cost ver1 | head -1`` ends without a complaint."""
        command = [sys.executable, "-m", "mobilenet", "cost", "ver1"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            assert process.stderr
            process.stdout.close()
            complaint = process.stderr.read()

        assert complaint == ""
        assert process.returncode == 141


class TestSummary:
    @pytest.mark.parametrize("network", ["ver1", "ver2"])
    def test_is_the_posts(self, capsys: pytest.CaptureFixture[str], network: str) -> None:
        """The post's two tables come out to the character."""
        expected = (POST / f"{network}.txt").read_text()

        assert expected == printed(capsys, "summary", network)

    @pytest.mark.parametrize(
        ("arguments", "parameters"),
        [([], "4,231,976"), (["--shallow", "--resolution", "64"], "2,887,976")],
    )
    def test_of_the_papers_network(
        self, capsys: pytest.CaptureFixture[str], arguments: list[str], parameters: str
    ) -> None:
        """The paper's network has its table too, with the options that are given."""
        table = printed(capsys, "summary", "mobilenet_v1", *arguments)

        assert f"Total params: {parameters}\n" in table

    def test_resolution(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The outputs are those for images of the given size."""
        assert "[-1, 32, 80, 80]" in printed(capsys, "summary", "ver2", "--resolution", "160")


class TestExport:
    def test_any_batch(self, tmp_path: Path) -> None:
        """The file takes any number of images, and one line alone says what was written."""
        runtime = pytest.importorskip("onnxruntime")
        path = tmp_path / "small.onnx"
        run = python("-m", "mobilenet", "export", "mobilenet_v1", str(path), *SMALL)
        session = runtime.InferenceSession(path)
        (images,) = session.get_inputs()

        for batch in (1, 3):
            (logits,) = session.run(None, {images.name: torch.zeros(batch, 3, 32, 32).numpy()})
            assert (batch, 10) == logits.shape
        size = f"{path.stat().st_size / 1_000_000:.1f} MB"
        line = f"{path}: {size}, mobilenet_v1 with random weights\n"
        assert (line, "", 0) == (run.stdout, run.stderr, run.returncode)

    def test_checkpoint(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        """With --checkpoint the file predicts what the trained network does."""
        runtime = pytest.importorskip("onnxruntime")
        trained = MobileNetV1(10, 0.25).eval()
        weights, path = tmp_path / "trained.pth", tmp_path / "trained.onnx"
        torch.save(trained.state_dict(), weights)
        image = torch.randn(1, 3, 32, 32)
        arguments = [*SMALL, "--checkpoint", str(weights)]
        line = printed(capsys, "export", "mobilenet_v1", str(path), *arguments)
        session = runtime.InferenceSession(path)
        (logits,) = session.run(None, {session.get_inputs()[0].name: image.numpy()})

        torch.testing.assert_close(
            trained(image).detach(), torch.from_numpy(logits), rtol=0, atol=1e-4
        )
        assert str(weights) in line

    @pytest.mark.parametrize("network", ["ver1", "ver2"])
    def test_of_the_post(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path, network: str
    ) -> None:
        """The post's networks can be written too."""
        pytest.importorskip("onnxruntime")
        path = tmp_path / "post.onnx"
        printed(capsys, "export", network, str(path))

        assert path.stat().st_size > 0

    def test_keeps_a_file_that_is_there(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        """A file is overwritten with --force alone."""
        path = tmp_path / "mine.onnx"
        path.write_text("mine")

        assert "--force" in refused(capsys, "export", "mobilenet_v1", str(path), *SMALL)
        assert path.read_text() == "mine"

        pytest.importorskip("onnxruntime")
        printed(capsys, "export", "mobilenet_v1", str(path), *SMALL, "--force")
        assert path.read_bytes() != b"mine"

    @pytest.mark.parametrize(
        ("file", "complaint"),
        [
            ("net.pth", "net.pth does not end in .onnx"),
            ("missing/net.onnx", "missing: make it first"),
        ],
    )
    def test_file(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path, file: str, complaint: str
    ) -> None:
        """A file of another kind, or in a folder that is not there, is refused."""
        assert complaint in refused(capsys, "export", "mobilenet_v1", str(tmp_path / file))
        assert list(tmp_path.iterdir()) == []

    def test_checkpoint_that_is_not_there(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        """A checkpoint that is neither a file nor a published name is an error of one line."""
        path = tmp_path / "net.onnx"
        arguments = [str(path), "--checkpoint", "nowhere.pth"]

        assert "nowhere.pth" in refused(capsys, "export", "mobilenet_v1", *arguments)
        assert not path.exists()

    def test_checkpoint_of_another_network(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        """A checkpoint that does not fit is refused in one line, and nothing is written."""
        weights, path = tmp_path / "trained.pth", tmp_path / "net.onnx"
        torch.save(MobileNetV1(20, 0.25).state_dict(), weights)
        arguments = [str(path), *SMALL, "--checkpoint", str(weights)]

        assert "does not fit" in refused(capsys, "export", "mobilenet_v1", *arguments)
        assert not path.exists()

    def test_without_onnx(self, tmp_path: Path) -> None:
        """Where onnx is not installed, a line says so, and the other commands work."""
        path = str(tmp_path / "net.onnx")
        without = "import sys; sys.modules.update(onnx=None, onnxruntime=None, onnxscript=None); "
        run = "from mobilenet.__main__ import main; sys.exit(main(sys.argv[1:]))"
        failed = python("-c", without + run, "export", "mobilenet_v1", path, *SMALL)

        assert (failed.returncode, failed.stdout) == (2, "")
        assert len(failed.stderr.splitlines()) == 1
        assert "pip install" in failed.stderr
        assert python("-c", without + run, "cost", "ver1").returncode == 0


class TestErrors:
    @pytest.mark.parametrize(
        ("arguments", "complaint"),
        [
            ("cost", "the following arguments are required: NETWORK"),
            ("cost ver3", "invalid choice: 'ver3'"),
            ("cost ver1 --color", "unrecognized arguments: --color"),
            ("cost ver1 --format xml", "invalid choice: 'xml'"),
            ("cost ver1 --shallow", "--shallow is for mobilenet_v1, not for ver1"),
            ("cost ver2 --width-multiplier 1", "--width-multiplier is for mobilenet_v1"),
            ("summary ver2 --num-classes 1000", "--num-classes is for mobilenet_v1"),
            ("export ver1 a.onnx --checkpoint a.pth", "--checkpoint is for mobilenet_v1"),
            ("cost mobilenet_v1 --width-multiplier 0.01", "at least 1/32"),
            ("cost mobilenet_v1 --width-multiplier 1e9", "the network is too large"),
            ("cost mobilenet_v1 --num-classes 0", "num_classes=0"),
            ("cost mobilenet_v1 --num-classes ten", "--num-classes: invalid int value: 'ten'"),
            ("summary mobilenet_v1 --in-channels 0", "in_channels=0"),
            ("cost ver1 --resolution 16", "16 is not a whole number from 32 to 99999"),
            ("cost ver1 --resolution 32.5", "32.5 is not a whole number from 32 to 99999"),
        ],
    )
    def test_arguments(
        self, capsys: pytest.CaptureFixture[str], arguments: str, complaint: str
    ) -> None:
        """What is wrong is said in one line, which names the help of that command."""
        line = refused(capsys, *arguments.split())

        assert complaint in line
        assert f"(see python -m mobilenet {arguments.split()[0]} --help)" in line

    def test_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A command that there is not is answered with those that there are."""
        line = refused(capsys, "measure")

        for command in ("measure", "summary", "cost", "export"):
            assert command in line


class TestPage:
    def test_commands(self, tmp_path: Path) -> None:
        """Those of "Use it in your project" run as they stand, and write what they say."""
        (commands,) = run_by("tests/package/test_main.py", "docs/en/use.md")
        run_commands(commands, tmp_path)
        assert sorted(file.name for file in tmp_path.iterdir()) == ["mobilenet.onnx", "ver1.csv"]


class TestHelp:
    def test_without_arguments(self) -> None:
        """``python -m mobilenet`` alone shows the help on stderr, and fails."""
        alone, asked = python("-m", "mobilenet"), python("-m", "mobilenet", "--help")

        assert (alone.returncode, alone.stdout) == (2, "")
        assert (asked.returncode, asked.stderr) == (0, "")
        assert asked.stdout == alone.stderr
        for command in ("summary", "cost", "export", "train"):
            assert command in asked.stdout

    @pytest.mark.parametrize("command", ["summary", "cost", "export"])
    def test_example(
        self,
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        command: str,
    ) -> None:
        """The example that a command's help shows is one that runs."""
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SystemExit):
            main([command, "--help"])
        example = capsys.readouterr().out.partition("example:\n")[2].replace("\\\n", " ")
        program, arguments = example.split()[:3], example.split()[3:]

        assert program == ["python", "-m", "mobilenet"]
        if "--checkpoint" in arguments:  # is a download: the same with a file
            pytest.importorskip("onnxruntime")
            torch.save(MobileNetV1().state_dict(), "weights.pth")
            arguments[-1] = "weights.pth"
        printed(capsys, *arguments)

    def test_version(self, capsys: pytest.CaptureFixture[str]) -> None:
        """``--version`` prints the package's."""
        with pytest.raises(SystemExit) as exit_code:
            main(["--version"])

        assert exit_code.value.code == 0
        assert f"mobilenet {__version__}\n" == capsys.readouterr().out
