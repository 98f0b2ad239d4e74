"""How the service bears many clients: submits small batches from many threads at once, asks for their state while they
run, and reports latencies, throughput and the memory of the server.

    python3 benches/service/load.py PROGRAM [--clients 200] [--batches 2000] [--workers 2]

Starts its own server on a free port of this machine, with its data in a temporary folder. Standard library only.
"""

import argparse
import http.client
import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path

BATCH = {
    "batch": "[batch]\nname = \"load\"\nportfolio = \"tables\"\noptions = 2\ndecisions = false\n[base]\nrisk = false\n",
    "tables": {
        "projects": "project\nA\nB\nC\n",
        "costs": "project,line,2027\nA,capex,30\nB,capex,40\nC,capex,50\n",
        "budgets": "line,2027\ncapex,80\n",
        "objectives": "objective\nvalue\n",
        "scores": "project,value\nA,3\nB,5\nC,6\n",
    },
}


class Client(threading.Thread):
    def __init__(self, address, number, batches, gate):
        super().__init__()
        self.address, self.number, self.batches, self.gate = address, number, batches, gate
        self.submits, self.looks, self.ids, self.refused = [], [], [], []

    def ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json"} if body else {}
        begun = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        answer = response.read()
        return response.status, answer, time.perf_counter() - begun

    def run(self):
        self.connection = http.client.HTTPConnection(*self.address, timeout=120)
        self.gate.wait()
        for _ in range(self.batches):
            status, answer, took = self.ask("POST", "/v1/batches", json.dumps(BATCH))
            if status != 202:
                self.refused.append((status, answer[:200]))
                continue
            self.submits.append(took)
            self.ids.append(json.loads(answer)["id"])
            for _ in range(3):
                status, _, took = self.ask("GET", f"/v1/batches/{self.ids[-1]}")
                assert status == 200, status
                self.looks.append(took)


def memory(process, field):
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field)) / 1024


def quantiles(name, times):
    times = sorted(times)
    at = lambda share: 1000 * times[min(len(times) - 1, int(share * len(times)))]
    print(f"{name}: {len(times)} requests, p50 {at(0.5):.1f} ms, p99 {at(0.99):.1f} ms, longest {at(1):.1f} ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--batches", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        command = [options.program, "serve", "--listen", "127.0.0.1:0", "--data", data, "--workers",
                   str(options.workers), "--max-unfinished-per-user", "100000"]
        server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for line in server.stderr:
            if "Serving on http://" in line:
                host, port = line.split("http://")[1].split()[0].split(":")
                break
        threading.Thread(target=lambda: [None for _ in server.stderr], daemon=True).start()
        try:
            study(options, (host, int(port)), server.pid)
        finally:
            server.terminate()
            server.wait()


def study(options, address, process):
    print(f"memory before: {memory(process, 'VmRSS'):.0f} MB")
    gate = threading.Barrier(options.clients + 1)
    share = options.batches // options.clients
    clients = [Client(address, number, share, gate) for number in range(options.clients)]
    for client in clients:
        client.start()
    gate.wait()
    begun = time.perf_counter()
    for client in clients:
        client.join()
    submitted = time.perf_counter() - begun
    quantiles("submit", [took for client in clients for took in client.submits])
    quantiles("status", [took for client in clients for took in client.looks])
    refused = [one for client in clients for one in client.refused]
    accepted = sum(len(client.ids) for client in clients)
    print(f"{accepted} batches accepted in {submitted:.1f} s, {len(refused)} refused {refused[:3]}")
    connection = http.client.HTTPConnection(*address, timeout=60)
    while True:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        counts = {state: int(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                  for state in ["done", "failed", "queued", "running"]
                  if line.startswith(f'cutline_batches{{state="{state}"}}')}
        if counts["queued"] + counts["running"] == 0:
            break
        time.sleep(0.5)
    took = time.perf_counter() - begun
    print(f"{counts['done']} done, {counts['failed']} failed after {took:.1f} s: {counts['done'] / took:.1f} batches per second")
    print(f"memory: {memory(process, 'VmRSS'):.0f} MB now, {memory(process, 'VmHWM'):.0f} MB at most")
    assert counts["done"] == accepted and not refused


if __name__ == "__main__":
    main()
