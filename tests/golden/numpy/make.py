"""Makes the NumPy files of this folder and the seeds of fuzz/corpus/npz: NumPy is the independent writer.

    python make.py          needs numpy (2.4 was used); the files are kept in the repository
"""

import io
import os
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE.parent.parent.parent / "fuzz" / "corpus" / "npz"
KINDS = ["f4", "f8", "?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
INPUTS = np.arange(12.0).reshape(6, 2) / 8 - 0.5
TARGETS = np.array([0.0, 1, 1, 0, 1, 0])


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def main():
    os.chdir(HERE)
    np.savez("savez.npz", inputs=INPUTS, targets=TARGETS)
    np.savez_compressed("compressed.npz", inputs=INPUTS, targets=TARGETS)
    np.savez("kinds.npz", **{np.dtype(k).name: np.array([[1, 0, 1], [0, 1, 1]]).astype(k) for k in KINDS})
    np.savez(
        "shapes.npz",
        fortran=np.asfortranarray(np.arange(6, dtype="<i4").reshape(2, 3)),
        scalar=np.float64(2.5),
        empty=np.zeros((0, 4)),
        four=np.arange(16, dtype="<i2").reshape(2, 2, 2, 2),
        extremes=np.array([-(2**63), 2**63 - 1], "<i8"),
    )
    refused = {
        "text": np.array(["a", "b"]),
        "half": np.zeros(2, "f2"),
        "complex": np.zeros(2, "c16"),
        "big": np.zeros(2, ">f8"),
        "fields": np.zeros(2, [("a", "f4"), ("b", "f4")]),
        "five": np.zeros((1, 1, 1, 1, 2)),
        "objects": np.array([None, 1], dtype=object),
    }
    np.savez("refused.npz", **refused)
    for version in (2, 3):
        (HERE / f"version{version}.npy").write_bytes(npy(INPUTS, (version, 0)))
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name in ("savez.npz", "compressed.npz", "kinds.npz", "shapes.npz", "refused.npz", "version2.npy", "version3.npy"):
        (CORPUS / name).write_bytes((HERE / name).read_bytes())
    (CORPUS / "plain.npy").write_bytes(npy(INPUTS))


if __name__ == "__main__":
    main()
