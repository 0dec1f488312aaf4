"""A real Slurm on this host: Debian's daemons over loopback, several nodes, all state in one folder."""

import contextlib
import ctypes
import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

DAEMONS = ("munged", "munge", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo")
SEARCH = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])
ADDRESS = "127.0.0.1"
CONFIGURATION = """\
ClusterName=tests
SlurmctldHost={host}({address})
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
{binding}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
MailProg=/bin/true
MpiDefault=none
ReturnToService=2
# Control groups would need root and a mounted hierarchy.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
# Nodes may claim more than this host has.
SlurmdParameters=config_overrides
EnforcePartLimits=ALL
MinJobAge=3600
KillWait=3
InactiveLimit=0
SlurmdTimeout=10
MessageTimeout=10
SchedulerParameters=sched_min_interval=0,sched_interval=5,bf_interval=5
{nodes}
PartitionName=main Nodes=ALL Default=YES MaxTime=UNLIMITED DefaultTime=10 State=UP
"""


def missing() -> list[str]:
    """Programs that this host lacks."""
    return [name for name in DAEMONS if shutil.which(name, path=SEARCH) is None]


class Clients:
    """What clients say, in an environment in which they find their cluster."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def client(self, *command: str, timeout: float = 30, check: bool = True) -> str:
        """What a client says; nothing where it may fail and does."""
        try:
            done = subprocess.run(
                command, env=self.environment, capture_output=True, text=True, timeout=timeout, check=check
            )
        except subprocess.TimeoutExpired:
            if check:
                raise
            return ""
        return done.stdout

    def idle(self) -> set[str]:
        """Nodes without a job."""
        return set(self.client("sinfo", "-h", "-N", "-t", "idle", "-o", "%N", check=False).split())

    def jobs(self) -> list[dict[str, str]]:
        """Every job so far, in the order of submission."""
        fields = {"id": "%A", "name": "%j", "rule": "%k", "state": "%T", "node": "%N", "start": "%S", "end": "%e",
                  "memory": "%m", "cpus": "%C", "limit": "%l"}  # fmt: skip
        form = f"--format={'|'.join(fields.values())}"
        output = self.client("squeue", "--noheader", "--states=all", "--sort=i", "--user", getpass.getuser(), form)
        return [dict(zip(fields, line.split("|"), strict=True)) for line in output.splitlines()]


class Slurm(Clients):
    """`start` and `stop`; between them `environment` is what a client needs, and parts can be made to fail."""

    def __init__(self, folder: Path, nodes: int = 2, cpus: int = 4, memory: int = 16000) -> None:
        self.folder = folder
        self.nodes = [f"n{i}" for i in range(1, nodes + 1)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM_", "SBATCH_", "SRUN_"))}
        super().__init__(environment | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": SEARCH})
        self.daemons: dict[str, subprocess.Popen] = {}
        host = socket.gethostname().partition(".")[0]
        own, *ports = _free_ports(nodes + 1)
        lines = [
            f"NodeName={name} NodeHostname={host} NodeAddr={ADDRESS} Port={port} CPUs={cpus} RealMemory={memory}"
            for name, port in zip(self.nodes, ports, strict=True)
        ]
        self.configuration = CONFIGURATION.format(
            host=host, address=ADDRESS, port=own, user=getpass.getuser(), binding=_binding(), folder=folder,
            nodes="\n".join(lines),
        )  # fmt: skip

    def start(self) -> None:
        """Returns when every node is idle and has run something."""
        for name in ("state", *self.nodes):
            (self.folder / name).mkdir(parents=True)
        self.folder.chmod(0o755)  # munge refuses its socket below a folder that others may write
        (self.folder / "slurm.conf").write_text(self.configuration, encoding="utf-8")
        key = self.folder / "munge.key"
        key.touch(0o600)
        key.write_bytes(os.urandom(128))
        files = {"key-file": key, "socket": "munge.socket", "pid-file": "munged.pid", "seed-file": "munged.seed"}
        options = [f"--{name}={self.folder / file}" for name, file in files.items()]
        self._daemon("munged", "munged", "--foreground", *options)
        _wait(lambda: (self.folder / "munge.socket").is_socket(), 20, "munge's socket")
        self.start_controller()
        for node in self.nodes:
            self.start_node(node)
        _wait(lambda: self.idle() == set(self.nodes), 60, "idle nodes")
        self.client("srun", f"--nodes={len(self.nodes)}", "true", timeout=60)

    def stop(self) -> None:
        """End all jobs and daemons; harmless when called again."""
        if "slurmctld" in self.daemons:
            self.client("scancel", "--user", getpass.getuser(), timeout=10, check=False)
            _wait(lambda: not self.client("squeue", "--noheader", check=False), 15, None)
        for name in sorted(self.daemons, reverse=True):
            self._end(name, signal.SIGTERM)
        for pid in self._pids_of_jobs():
            _kill(pid)

    def start_controller(self) -> None:
        self._daemon("slurmctld", "slurmctld", "-D")

    def stop_controller(self) -> None:
        self._end("slurmctld", signal.SIGTERM)

    def start_node(self, node: str) -> None:
        self._daemon(node, "slurmd", "-D", "-N", node)

    def kill_node(self, node: str) -> None:
        """As if its power were cut: the daemon, its steps and their processes."""
        self._end(node, signal.SIGKILL)
        for pid in self._pids_of_jobs(node):
            _kill(pid)

    def logs(self) -> str:
        """The last lines of every daemon's log."""
        ends = [f"{log.name}:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-8:]) for log in
                sorted(self.folder.glob("*.log"))]  # fmt: skip
        return "\n".join(ends)

    def _daemon(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.out.log").open("ab") as log:
            self.daemons[name] = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=_end_with_parent,
            )  # fmt: skip

    def _end(self, name: str, how: signal.Signals) -> None:
        daemon = self.daemons.pop(name)
        daemon.send_signal(how)
        try:
            daemon.wait(10)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def _pids_of_jobs(self, node: str | None = None) -> list[int]:
        """Jobs' processes on this cluster or one node of it, after the daemons of their steps.

        They are known by their environment, a daemon by being the parent of one.
        """
        own, jobs, daemons = f"SLURM_CONF={self.folder / 'slurm.conf'}".encode(), [], set()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                variables = (process / "environ").read_bytes().split(b"\0")
                parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
                of_step = Path("/proc", parent, "comm").read_text().strip() == "slurmstepd"
            except OSError:  # gone meanwhile, or another user's
                continue
            where = [v.partition(b"=")[2].decode() for v in variables if v.startswith(b"SLURMD_NODENAME=")]
            if own in variables and where and node in (None, *where):
                jobs.append(int(process.name))
                daemons |= {int(parent)} if of_step else set()
        return [*daemons, *jobs]


def _binding() -> str:
    """Where the host's own name means the loopback address, listen there alone."""
    try:
        own = socket.gethostbyname(socket.gethostname())
    except OSError:
        own = ""
    return "CommunicationParameters=NoInAddrAny,NoCtldInAddrAny" if own == ADDRESS else ""


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((ADDRESS, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _end_with_parent() -> None:
    """The kernel ends the daemon when the tests end, however they end (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _wait(condition, seconds: float, what: str | None) -> None:
    """Until the condition holds; after that many seconds an error that says what is missing, if anything."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            if what is None:
                return
            raise TimeoutError(f"{what}: not after {seconds} s")
        time.sleep(0.2)
