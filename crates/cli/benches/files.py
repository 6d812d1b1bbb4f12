"""Seals many small files with `bulla`, beside `cp` and beside `openssl cms` and `age` run for each.

    python3 crates/cli/benches/files.py target/release/bulla [FILES]

Each round copies and seals all files, cp before bulla and bulla before cp in turn; openssl and age
seal a sample, whose time is scaled to the count. Medians of the rounds are told.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5
SAMPLE = 200


def timed(*command, **options):
    begin = time.perf_counter()
    subprocess.run(command, check=True, **options)
    return time.perf_counter() - begin


class Bench:
    def __init__(self, bulla, place, count):
        self.bulla, self.place, self.count = bulla, place, count
        self.names = [f"{index:05}.json" for index in range(count)]
        (place / "plain").mkdir()
        for name in self.names:
            (place / "plain" / name).write_bytes(os.urandom(512).hex().encode())
        self.quiet = {"cwd": place / "plain", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    def into_empty(self, run):
        out = self.place / "out"
        out.mkdir()
        taken = run(out)
        made = sum(1 for _ in out.iterdir())
        shutil.rmtree(out)
        return taken, made

    def cp(self, out):
        return timed("cp", *self.names, out, **self.quiet)

    def seal(self, key, *options):
        command = [self.bulla, "seal", "--to", key, *options, "--output-dir"]
        return lambda out: timed(*command, out, *self.names, **self.quiet)

    def each(self, command):
        """A run of `command` for each of the sample."""

        def run(out):
            return sum(timed(*command(name, out / name), **self.quiet) for name in self.names[:SAMPLE])

        return run


def main():
    bulla = Path(sys.argv[1]).resolve()
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory(prefix="bulla-bench-") as directory:
        place = Path(directory)
        bench = Bench(bulla, place, count)
        keys = {}
        for kind in ("a256kw", "x25519", "p256"):
            keys[kind] = place / f"{kind}.jwk"
            subprocess.run([bulla, "keygen", "--kind", kind, keys[kind]], check=True, stdout=subprocess.DEVNULL)
        certificate = place / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=bench", "-days", "1",
             "-keyout", place / "key.pem", "-out", certificate],
            check=True, stderr=subprocess.DEVNULL,
        )
        whole = {"cp": bench.cp}
        whole |= {f"bulla seal, {kind}": bench.seal(key) for kind, key in keys.items()}
        whole["bulla seal, a256kw, --sync"] = bench.seal(keys["a256kw"], "--sync")
        sampled = {
            "openssl cms": bench.each(lambda name, out: [
                "openssl", "cms", "-encrypt", "-aes-256-gcm", "-binary", "-outform", "DER",
                "-in", name, "-out", out, certificate])
        }
        if shutil.which("age"):
            identity = subprocess.run(["age-keygen", "-o", place / "age.txt"], check=True, capture_output=True)
            recipient = identity.stderr.decode().split()[-1]
            sampled["age"] = bench.each(lambda name, out: ["age", "-r", recipient, "-o", out, name])
        times = {name: [] for name in (*whole, *sampled)}
        for round in range(ROUNDS):
            order = list(whole.items())
            for name, run in order if round % 2 == 0 else reversed(order):
                taken, made = bench.into_empty(run)
                assert made == count, f"{name} made {made} files"
                times[name].append(taken)
            for name, run in sampled.items():
                taken, made = bench.into_empty(run)
                assert made == SAMPLE, f"{name} made {made} files"
                times[name].append(taken * count / SAMPLE)
        medians = {name: statistics.median(taken) for name, taken in times.items()}
        print(f"{count} files of 1 KiB, {os.cpu_count()} cores, medians of {ROUNDS} rounds")
        for name, median in medians.items():
            ratio = median / medians["cp"]
            scaled = f" ({SAMPLE} files, scaled)" if name in sampled else ""
            print(f"{name:30} {median:8.2f} s  {ratio:7.1f} x cp{scaled}")
        slowest = max(medians[name] for name in medians if name.startswith("bulla") and "--sync" not in name)
        for name in sampled:
            print(f"{name} takes {medians[name] / slowest:.0f} times as long as the slowest bulla without --sync")


main()
