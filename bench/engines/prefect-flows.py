# Prefect from PyPI with its own server and SQLite. A flow run takes too long here for a thousand: flows1000 runs 20, 5 at a
# time, and gives fifty times what that took.
import json, os, sys, time
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
from prefect import flow, task  # noqa: E402

def fibo(n):
    return n if n <= 1 else fibo(n - 1) + fibo(n - 2)

@task
def fib(n):
    return fibo(n)

@flow
def steps(count, n):
    return sum(fib(n) for _ in range(count))

@flow
def wide(count, n):
    return sum(future.result() for future in fib.map([n] * count))

WORKLOADS = {
    "light40": lambda: steps(40, 10),
    "long10": lambda: steps(10, 27),  # fibo(33) takes seconds in Python; not compared
    "single": lambda: steps(1, 10),
    "map20": lambda: wide(20, 10),
    "map1000": lambda: wide(1000, 10),
    "flows1000": lambda: steps(5, 10),
}

def say(value):
    print("@" + json.dumps(value), flush=True)

steps(1, 1)  # starts its server
say({"ready": True, "pid": os.getpid()})
for line in sys.stdin:
    name = line.strip()
    if name == "close":
        break
    run = WORKLOADS[name]
    begin = time.perf_counter()
    if name == "flows1000":
        with ThreadPoolExecutor(5) as pool:
            for done in [pool.submit(run) for _ in range(20)]:
                done.result()
        millis = [(time.perf_counter() - begin) * 1000 * 50]
    elif name == "single":
        millis = []
        for _ in range(5):
            begin = time.perf_counter()
            run()
            millis.append((time.perf_counter() - begin) * 1000)
    else:
        run()
        millis = [(time.perf_counter() - begin) * 1000]
    say({"name": name, "millis": millis, "more": {}})
from prefect.server.api.server import SubprocessASGIServer  # noqa: E402

for server in list(SubprocessASGIServer._instances.values()):
    server.stop()
os._exit(0)
