"""Makes data/audiobooks_like.csv.gz: a drawn file in the shape of the Audiobooks customer data, which itself may
not be passed on. Nothing of it stands for a real customer.

    python tools/make_audiobooks_like.py OUT.csv.gz

Like the real one it has no header, twelve columns (id, minutes_overall, minutes_avg, price_overall, price_avg,
review, review_score, completion, minutes_listened, support_requests, last_visit_minus_purchase, target), 14,084
rows of which 2,237 convert, and an order that is not random: customers and conversions drift along the file.
"""

import gzip
import sys

import numpy as np

N_ROWS, N_POSITIVE, SEED = 14084, 2237, 365
LENGTHS = np.array([216, 324, 432, 648, 1080, 1188, 1620, 2160])
PRICES = np.array([3.99, 5.33, 5.99, 6.99, 8.0, 10.13, 14.5])
NEUTRAL_SCORE = 8.91


def choose(rng, values, start, end, t):
    """One value a row; its weights go from `start` to `end` along the file."""
    weights = np.outer(1 - t, start) + np.outer(t, end)
    edges = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    return values[np.minimum((rng.random(len(t))[:, None] > edges).sum(axis=1), len(values) - 1)]


def draw(rng):
    t = np.arange(N_ROWS) / (N_ROWS - 1)
    length = choose(rng, LENGTHS, [3, 5, 3, 11, 8, 29, 26, 15], [1, 1, 1, 1, 2, 12, 28, 54], t)
    price = choose(rng, PRICES, [2, 22, 5, 7, 33, 25, 6], [5, 58, 13, 8, 12, 3, 1], t)
    # The real columns called overall hold the smaller numbers: they are kept as they are.
    books = 1 + (rng.random(N_ROWS) < 0.16 - 0.06 * t) * rng.randint(1, 4, N_ROWS)
    review = (rng.random(N_ROWS) < 0.16).astype(int)
    score = np.where(review == 1, np.clip(np.round(10 - rng.gamma(1.4, 0.9, N_ROWS)), 1, 10), NEUTRAL_SCORE)
    listens = rng.random(N_ROWS) < 0.42
    completion = np.where(listens, np.round(np.minimum(rng.gamma(0.7, 0.45, N_ROWS), 1), 2), 0)
    listened = np.round(completion * length, 1)
    requests = np.where(rng.random(N_ROWS) < 0.035 + 0.02 * listens, rng.geometric(0.7, N_ROWS), 0)
    visits = rng.random(N_ROWS) < 0.61
    days = np.where(visits, np.round(rng.gamma(0.9, 110 - 60 * t)), 0)
    logit = (
        3.6 * (books > 1)
        - 2.6 * (completion > 0)
        + 0.011 * np.minimum(days, 250)
        + 0.35 * np.log1p(requests)
        + 0.03 * price
        - 1.0 * t
        + 0.8 * np.sin(9 * t)
        + 0.25 * review
        + rng.logistic(0, 1, N_ROWS) * 0.9
    )
    target = np.zeros(N_ROWS, int)
    target[np.argsort(-logit, kind="stable")[:N_POSITIVE]] = 1
    ids = rng.permutation(np.arange(1, 33684))[:N_ROWS]
    return zip(
        ids, length, length * books, price, np.round(price * books, 2), review, score, completion, listened, requests,
        days.astype(int), target,
    )  # fmt: skip


def number(x):
    return f"{float(x):.10g}"


def main():
    rows = "".join(",".join(map(number, row)) + "\n" for row in draw(np.random.RandomState(SEED)))
    with open(sys.argv[1], "wb") as out, gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as packed:
        packed.write(rows.encode())


if __name__ == "__main__":
    main()
