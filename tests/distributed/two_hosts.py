"""Two hosts compute the weights that two processes on one do: `make hosts`.

The hosts are two network namespaces of this machine, joined by a cable that is a veth pair. To make them needs Linux
and either root or user namespaces; where they cannot be made, the test is skipped and says why.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.samples import bars

NETWORK = """
mount -t tmpfs hosts /run && mkdir /run/netns
ip netns add a; ip netns add b
ip link add left netns a type veth peer name right netns b
ip -n a addr add 10.77.0.1/24 dev left; ip -n b addr add 10.77.0.2/24 dev right
ip -n a link set lo up; ip -n b link set lo up
ip -n a link set left up; ip -n b link set right up
"""
TORCHRUN = [sys.executable, "-m", "torch.distributed.run"]
SETTINGS = ["--model", "resnet_narrow", "--epochs", "2", "--batch-size", "50", "--set", "precision=fp32"]
WAYS = {
    "static": "--node-rank {rank} --master-addr 10.77.0.1 --master-port 29500",
}
SKIPPED = 0


def main() -> int:
    """Trains on one host, then on two in each way, and compares all weights."""
    if problem := cannot_make_hosts():
        sys.stdout.write(f"skipped: {problem}\n")
        return SKIPPED
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one thread a process in each case: bits depend on it
    with tempfile.TemporaryDirectory(prefix="muslin-hosts-") as name:
        folder = Path(name)
        images, labels = bars(600, 1, 12, 3, 0)
        np.savez(folder / "bars.npz", images=images[:, 0].numpy(), labels=labels.numpy())
        subprocess.run([*TORCHRUN, "--nproc-per-node", "2", *fit(folder, "one")], check=True)
        weights = load_file(folder / "one" / "model.safetensors")
        for way in WAYS:
            train_on_two_hosts(folder, way)
            others = load_file(folder / way / "model.safetensors")
            different = [key for key, value in weights.items() if value.tobytes() != others[key].tobytes()]
            assert not different, f"{way}: {len(different)} of {len(weights)} tensors differ, such as {different[0]}"
            sys.stdout.write(f"two hosts, {way} rendezvous: the same bits in all {len(weights)} tensors\n")
    return 0


def cannot_make_hosts() -> str:
    """Says why there can be no two hosts here; nothing if there can."""
    try:
        made = subprocess.run(in_namespace(NETWORK), capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    return made.stderr.strip()


def in_namespace(script: str) -> list[str]:
    """Gives the command that runs a script with a network, mounts and users of its own."""
    return ["unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-ec", script]


def fit(folder: Path, out: str) -> list[str]:
    """Gives the end of a command that trains into a sub-folder."""
    return ["-m", "muslin", "fit", str(folder / "bars.npz"), "--out", str(folder / out), *SETTINGS]


def train_on_two_hosts(folder: Path, way: str) -> None:
    """Starts torchrun on each host and waits for both."""
    hosts = [("a", "left"), ("b", "right")]
    commands = []
    for rank, (host, device) in enumerate(hosts):
        flags = WAYS[way].format(rank=rank).split()
        command = [*TORCHRUN, "--nnodes", "2", "--nproc-per-node", "1", *flags, *fit(folder, way)]
        commands.append(f"GLOO_SOCKET_IFNAME={device} ip netns exec {host} {shlex.join(command)}")
    script = f"{NETWORK}\n{commands[1]} &\n{commands[0]}\nwait $!\n"
    subprocess.run(in_namespace(script), check=True)


if __name__ == "__main__":
    sys.exit(main())
