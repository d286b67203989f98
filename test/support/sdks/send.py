"""Sends track events by a Python SDK: send.py <module> <host> <write key> <how many> [gzip]"""

import importlib
import sys

module, host, write_key, many, *options = sys.argv[1:]
faults = []
client = importlib.import_module(module).Client(
    write_key,
    host=host,
    gzip="gzip" in options,
    on_error=lambda error, items: faults.append(str(error)),
)
for n in range(int(many)):
    client.track(f"person-{n % 10}", "Order Completed", {"n": n})
client.flush()
client.join()
sys.exit("\n".join(faults) or None)
