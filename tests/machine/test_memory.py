import subprocess
import sys

import pytest

# Two large pictures one after the other, and something small that is allocated after the second, and kept.
CODE = """
import sys
from PIL import Image
from muslin.machine.memory import give_back_freed

def resident():
    with open("/proc/self/status", encoding="utf-8") as file:
        return int(file.read().split("VmRSS:")[1].split()[0]) // 1024

if sys.argv[1] == "told":
    give_back_freed()
before = resident()
Image.new("RGB", (6000, 6000), "red")
picture, kept = Image.new("RGB", (6000, 6000), "red"), bytearray(100_000)
del picture
print(resident() - before)
"""


def megabytes_left(told: str) -> int:
    done = subprocess.run([sys.executable, "-c", CODE, told], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the allocator is glibc's")
def test_what_large_pictures_took_is_given_back():
    assert megabytes_left("told") < 20
