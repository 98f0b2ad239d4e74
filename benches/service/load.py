"""How the service bears many clients.

    python3 benches/service/load.py PROGRAM [small users meridian] [--clients 200] [--batches 2000] [--workers 2]

small     many clients submit small batches at once: latencies, batches per second, memory
users     1, 10 and 100 users, who submit, look at a batch, open its page and read its results: latencies of each
meridian  one batch of 300 scenarios of the bundled Meridian portfolio: scenarios per second, latencies meanwhile, memory

All three where none is named, each on a server of its own, on a free port of this machine, with its data in a temporary
folder. Standard library only.
"""

import argparse
import http.client
import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OVER = ("done", "failed", "cancelled")


def small_batch(number):
    """Three projects, one scenario, nothing simulated; its costs are its own, as equal files would be stored once."""
    return {
        "batch": '[batch]\nname = "load"\nportfolio = "tables"\noptions = 2\ndecisions = false\n[base]\nrisk = false\n',
        "tables": {
            "projects": "project\nA\nB\nC\n",
            "costs": f"project,line,2027\nA,capex,30\nB,capex,40\nC,capex,{50 + number / 1e6}\n",
            "budgets": "line,2027\ncapex,80\n",
            "objectives": "objective\nvalue\n",
            "scores": "project,value\nA,3\nB,5\nC,6\n",
        },
    }


def meridian_batch(scenarios):
    """Budgets from 70 % to 130 % of those planned."""
    scales = ", ".join(f"{0.7 + 0.6 * number / scenarios:.6f}" for number in range(scenarios))
    batch = ('[batch]\nname = "meridian"\nportfolio = "tables"\ndiscount_rate = 0.07\noptions = 2\ngap = 0.01\n'
             f'decisions = false\n[simulation]\ntrials = 1000\n[[sweep]]\nvary = {{ budget_scale = [{scales}] }}\n')
    tables = {path.stem: path.read_text("utf-8-sig") for path in sorted((ROOT / "data/meridian").glob("*.csv"))}
    return {"batch": batch, "tables": tables}


class Client:
    """A connection that is kept, and the time that each kind of request took."""

    def __init__(self, address):
        self.connection = http.client.HTTPConnection(*address, timeout=600)
        self.took = {}

    def ask(self, kind, method, path, body=None, wanted=200):
        headers = {"Content-Type": "application/json"} if body else {}
        begun = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        answer = response.read()
        self.took.setdefault(kind, []).append(time.perf_counter() - begun)
        if response.status != wanted:
            raise SystemExit(f"{method} {path}: {response.status} {answer[:300]}")
        return answer

    def submit(self, batch):
        return json.loads(self.ask("submit", "POST", "/v1/batches", json.dumps(batch), 202))["id"]

    def status(self, batch):
        return json.loads(self.ask("status", "GET", f"/v1/batches/{batch}"))

    def page(self, batch):
        self.ask("page", "GET", f"/batches/{batch}")

    def results(self, batch):
        self.ask("results", "GET", f"/v1/batches/{batch}/results/options.csv")

    def wait(self, batch, pause):
        while (found := self.status(batch))["state"] not in OVER:
            time.sleep(pause)
        if found["state"] != "done":
            raise SystemExit(f"{batch}: {found}")

    def count(self):
        """Batches by state."""
        text = self.ask("metrics", "GET", "/metrics").decode()
        states = [line for line in text.splitlines() if line.startswith("cutline_batches{state=")]
        return {line.split('"')[1]: int(line.rsplit(" ", 1)[1]) for line in states}


class Server:
    """A server of its own; `with` gives the address."""

    def __init__(self, options):
        self.options = options

    def __enter__(self):
        self.data = tempfile.TemporaryDirectory()
        command = [self.options.program, "serve", "--listen", "127.0.0.1:0", "--data", self.data.name, "--workers",
                   str(self.options.workers), "--max-unfinished-per-user", "100000"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        line = next(line for line in self.process.stderr if "Serving on http://" in line)
        host, port = line.split("http://")[1].split()[0].split(":")
        threading.Thread(target=lambda: [None for _ in self.process.stderr], daemon=True).start()
        self.address, self.before = (host, int(port)), self.memory("VmRSS")
        return self

    def memory(self, field):
        """Megabytes of the server itself, without its children."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field)) / 1024

    def __exit__(self, *_):
        print(f"  memory of the server: {self.before:.0f} MB before, {self.memory('VmHWM'):.0f} MB at most")
        self.process.terminate()
        self.process.wait()
        self.data.cleanup()


def at_once(address, count, act):
    """Runs `act(client, number)` in so many threads that begin together; gives the clients and the seconds it took."""
    gate, clients, failed = threading.Barrier(count + 1), [Client(address) for _ in range(count)], []

    def run(number):
        gate.wait()
        try:
            act(clients[number], number)
        except (SystemExit, OSError, http.client.HTTPException) as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    gate.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(f"{len(failed)} of {count} clients failed: {failed[:3]}")
    return clients, time.perf_counter() - begun


def tell(clients, heading=""):
    for kind in ["submit", "status", "page", "results"]:
        times = sorted(took for client in clients for took in client.took.get(kind, []))
        if times:
            at = [1000 * times[min(len(times) - 1, int(share * len(times)))] for share in (0.5, 0.99, 1)]
            print(f"  {heading}{kind}: {len(times)} requests, p50 {at[0]:.1f} ms, p99 {at[1]:.1f} ms, longest {at[2]:.1f} ms")


def small(options):
    print(f"{options.clients} clients, {options.batches} small batches, {options.workers} workers")
    share = max(1, options.batches // options.clients)

    def act(client, number):
        for turn in range(share):
            batch = client.submit(small_batch(number * share + turn))
            for _ in range(3):
                client.status(batch)

    with Server(options) as server:
        begun = time.perf_counter()
        clients, took = at_once(server.address, options.clients, act)
        tell(clients)
        accepted = share * options.clients
        print(f"  {accepted} batches accepted in {took:.1f} s: {accepted / took:.0f} per second")
        watcher = Client(server.address)
        while (counts := watcher.count())["queued"] + counts["running"] > 0:
            time.sleep(0.2)
        took = time.perf_counter() - begun
        print(f"  {counts['done']} done, {counts['failed']} failed after {took:.1f} s: {counts['done'] / took:.1f} batches per second")
        if counts["done"] != accepted:
            raise SystemExit("not all of them are done")


def users(options):
    print(f"users who submit, look, open a page and read results, {options.workers} workers doing what they submit")
    with Server(options) as server:
        first = Client(server.address)
        done = first.submit(small_batch(-1))
        first.wait(done, 0.05)
        for count in [1, 10, 100]:
            turns = max(5, 200 // count)

            def act(client, number):
                for turn in range(turns):
                    client.submit(small_batch((count * 1000 + number) * 1000 + turn))
                    client.status(done)
                    client.page(done)
                    client.results(done)

            clients, took = at_once(server.address, count, act)
            requests = 4 * count * turns
            tell(clients, f"{count} at once, ")
            print(f"  {count} at once: {requests / took:.0f} requests per second")


def meridian(options):
    print(f"a batch of {options.scenarios} scenarios of Meridian, {options.workers} workers")
    with Server(options) as server:
        client = Client(server.address)
        begun = time.perf_counter()
        batch = client.submit(meridian_batch(options.scenarios))
        while (state := client.status(batch)["state"]) not in OVER:
            client.page(batch)
            time.sleep(0.5)
        took = time.perf_counter() - begun
        client.results(batch)
        tell([client])
        print(f"  {state} after {took:.1f} s: {options.scenarios / took:.2f} scenarios per second")
        if state != "done":
            raise SystemExit(state)


def main():
    studies = {"small": small, "users": users, "meridian": meridian}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=f"of {', '.join(studies)} (all)")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--batches", type=int, default=2000)
    parser.add_argument("--scenarios", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if unknown := set(options.studies) - set(studies):
        parser.error(f"no such study: {', '.join(sorted(unknown))}")
    for name in options.studies or studies:
        studies[name](options)


if __name__ == "__main__":
    main()
