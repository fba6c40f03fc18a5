"""Makes the archives and HDF5 files of this folder: zipfile and h5py are the independent writers.

    python make.py          needs h5py (3.14 was used); the files are kept in the repository
"""

import io
import os
import struct
import zipfile

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
TEXT = b"conversion " * 40


def info(name, method=zipfile.ZIP_STORED):
    made = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    made.compress_type = method
    made.create_system = 3
    made.external_attr = 0o100644 << 16
    return made


def archive(name, members, force_zip64=False, comment=b""):
    with zipfile.ZipFile(os.path.join(HERE, name), "w") as z:
        for member, content in members:
            with z.open(member, "w", force_zip64=force_zip64) as f:
                f.write(content)
        z.comment = comment


class Pipe(io.RawIOBase):
    """Cannot seek, so zipfile writes data descriptors."""

    def __init__(self):
        self.bytes = b""

    def writable(self):
        return True

    def write(self, data):
        self.bytes += bytes(data)
        return len(data)


def change(name, source, edits):
    data = bytearray(open(os.path.join(HERE, source), "rb").read())
    for at, value in edits:
        data[at : at + len(value)] = value
    open(os.path.join(HERE, name), "wb").write(data)


def zips():
    archive("stored.zip", [(info("a.txt"), b"alpha"), (info("b/c.bin"), TEXT), (info("empty"), b"")])
    archive("utf8.zip", [(info("año.txt"), b"x")])
    archive("deflate.zip", [(info("a.txt", zipfile.ZIP_DEFLATED), TEXT),
                            (info("e", zipfile.ZIP_DEFLATED), b"")])
    archive("comment.zip", [(info("a.txt"), b"alpha")], comment=b"PK\5\6 is not the end")
    archive("bzip2.zip", [(info("a.txt", zipfile.ZIP_BZIP2), TEXT)])
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w") as z:
        with z.open(info("a.txt", zipfile.ZIP_DEFLATED), "w") as f:
            f.write(TEXT)
    open(os.path.join(HERE, "streamed.zip"), "wb").write(pipe.bytes)
    import warnings
    warnings.simplefilter("ignore")
    archive("twice.zip", [(info("a.txt"), b"one"), (info("a.txt"), b"two")])
    one = open(os.path.join(HERE, "deflate.zip"), "rb").read()
    entry = one.index(b"PK\1\2")
    change("encrypted.zip", "deflate.zip", [(entry + 8, b"\1\0")])
    change("wrong_crc.zip", "stored.zip", [(one.index(b"a.txt") + 5, b"A")])
    change("wrong_size.zip", "deflate.zip", [(entry + 24, struct.pack("<I", len(TEXT) - 1))])
    # Sizes and offset of the entry, and all of the end record, moved into zip64 fields.
    local = one[:entry]
    packed = struct.unpack("<I", one[entry + 20 : entry + 24])[0]
    extra = struct.pack("<HH4x", 0x7777, 4) + struct.pack("<HHQQQ", 1, 24, len(TEXT), packed, 0)
    head = bytearray(one[entry : entry + 46])
    head[20:28] = b"\xff" * 8
    head[42:46] = b"\xff" * 4
    head[30:32] = struct.pack("<H", len(extra))
    directory = bytes(head) + b"a.txt" + extra
    end64 = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, len(directory), entry)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, entry + len(directory), 1)
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    whole = local + directory + end64 + locator + end
    open(os.path.join(HERE, "zip64.zip"), "wb").write(whole)
    assert zipfile.ZipFile(io.BytesIO(whole)).read("a.txt") == TEXT


def hdf5():
    with h5py.File(os.path.join(HERE, "plain.h5"), "w") as f:
        f["f4"] = np.arange(6, dtype="<f4").reshape(2, 3) / 8
        f["f8"] = np.array([0.1, -2.5], "<f8")
        f["i8"] = np.int64(-7)
        f["i4"] = np.int32(41)
        f["deep/er/x"] = np.float32(1.5)
        f["deep"].attrs["name"] = "text of variable length"
        for i in range(12):  # so many that the header goes on in another block
            f["deep/er/x"].attrs["attribute %d" % i] = "y" * 40
        f.create_dataset("growing", data=np.ones(3, "<f4"), maxshape=(3,))
        f.create_dataset("none", shape=(0, 4), dtype="<f4")
    with h5py.File(os.path.join(HERE, "many.h5"), "w") as f:
        f["first"] = np.float32(3)
        g = f.create_group("all")
        for i in range(700):
            g["member %d" % i] = f["first"]
    with h5py.File(os.path.join(HERE, "refused.h5"), "w") as f:
        f.create_dataset("chunked", data=np.ones(8, "f4"), chunks=(4,))
        f.create_dataset("packed", data=np.ones(8, "f4"), compression="gzip")
        f["float16"] = np.ones(2, "f2")
        f["int16"] = np.ones(2, "i2")
        f["big"] = np.ones(2, ">f4")
        f["text"] = "abc"
        f["pair"] = np.zeros(1, np.dtype([("a", "f4"), ("b", "f4")]))
        f["five"] = np.ones((1, 1, 1, 1, 2), "f4")
        f.create_dataset("unwritten", shape=(3,), dtype="f4")
        f["null"] = h5py.Empty("f4")
        f["soft/link"] = h5py.SoftLink("/big")
        space = h5py.h5s.create_simple((2,))
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_layout(h5py.h5d.COMPACT)
        h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, space, plist)
        f["named"] = np.dtype("f4")
        h5py.h5d.create(f.id, b"shared", f["named"].id, space)
        f.create_group("new", track_order=True)["x"] = np.float32(1)
    with h5py.File(os.path.join(HERE, "latest.h5"), "w", libver="latest") as f:
        f["x"] = np.float32(1)


if __name__ == "__main__":
    zips()
    hdf5()
