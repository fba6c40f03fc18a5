#!/usr/bin/env python3
"""What is known to be true of the shipped data, asked of propense: a table of claims, each with what was met.

    ./run bench truth [--propense FILE] [--quick]

Campaign: no signal for any learner and seed. Bank: `duration` is a leak, and forward in time the simple model is as
good. Shoppers: `PageValues` derives from the outcome. A coin flip is chance. With PROPENSE_DATA=folder, Audiobooks too.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
AUDIOBOOKS = ("customer_id,minutes_overall,minutes_avg,price_overall,price_avg,review,review_score,completion,"
              "minutes_listened,support_requests,last_visit_minus_purchase,target")
failed = 0


def claim(what, met, holds):
    global failed
    failed += not holds
    print(f"{'ok    ' if holds else 'FAILED'}  {what:<66} {met}", flush=True)


def run(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done


def evaluate(program, *words):
    return json.loads(run(program, "evaluate", *words, "--json", "--verbose", 0).stdout)


def area(result, who="model"):
    node = result["model"] if who == "model" else result[who]["figures_of_it"]
    return node["figures"]["roc_auc"]["value"]


def calibration(name, program, calibrated, *words):
    """Pooled out-of-fold scores: what the map brings, and that it does no harm."""
    ece, floor = calibrated["model"]["ece"], calibrated["model"]["ece_noise_floor"]
    claim(f"{name}: calibration error at most .010", f"ECE {ece:.4f}, floor {floor:.4f}", ece <= 0.010)
    raw = evaluate(program, *words, "--calibrate", "none")
    loss = [r["model"]["figures"]["log_loss"]["value"] for r in (calibrated, raw)]
    claim(f"{name}: log-loss at most .001 above uncalibrated", f"{loss[0]:.4f}, uncalibrated {loss[1]:.4f}",
          loss[0] <= loss[1] + 0.001)


def campaign(program, seeds, permutations):
    data = ROOT / "data" / "campaign_history.csv"
    for seed in range(1, seeds + 1):
        r = evaluate(program, data, "--permutations", permutations, "--seed", seed, "--split_seed", seed)
        p, simple = r["permutation_test"]["p_value"], r["permutation_test_logistic"]["p_value"]
        claim(f"campaign, seed {seed}: p > 0.3, network", f"AUC {area(r):.3f}, p = {p:.2f}", p > 0.3)
        claim(f"campaign, seed {seed}: p > 0.3, logistic regression", f"AUC {area(r, 'logistic'):.3f}, p = {simple:.2f}",
              simple > 0.3)
        claim(f"campaign, seed {seed}: chance, said first", r["headline"], r["headline"].startswith("No better than"))
    power = r["power"]
    claim("campaign: below 0.55 is chance, 0.57 is seen 4 times in 5",
          f"{power['least_area']:.4f}, {power['area_seen_4_in_5']:.4f}",
          round(power["least_area"], 2) == 0.55 and round(power["area_seen_4_in_5"], 2) == 0.57)
    print("        conversions needed: " + ", ".join(f"{g['area']}: {g['conversions']}" for g in power["goals"]))


def forward(who, cuts, every_cut):
    """Random folds promise a lead of .03 over logistic regression; what comes later does not keep it."""
    leads = [cut["roc_auc_lead"] for cut in cuts]
    met = ", ".join(f"{cut['roc_auc']:.3f}/{cut['logistic_roc_auc']:.3f} ({lead['low']:+.3f} to {lead['high']:+.3f})"
                    for cut, lead in zip(cuts, leads))
    not_ahead = [not lead["low"] > 0 for lead in leads]
    claim(f"Bank forward, {who}: " + ("the simple model is as good at each cut" if every_cut else "no lead to count on"), met,
          all(not_ahead) if every_cut else any(not_ahead))


def bank(program, folder):
    data = ROOT / "data" / "bank.csv.gz"
    told = run(program, "train", data, "--epochs", 2, "--model_out", folder / "bank.keras").stderr
    claim("Bank: duration is named as a leak", "a warning" if "'duration'" in told else told, "--drop duration" in told)
    leaked = evaluate(program, data)
    claim("Bank with duration: about .937 (boosting)", f"AUC {area(leaked):.3f}", area(leaked) > 0.92)
    honest = evaluate(program, data, "--drop", "duration", "--ordered")
    claim("Bank without: about .804 (boosting), .768 (logistic)",
          f"AUC {area(honest):.3f}, logistic {area(honest, 'logistic'):.3f}", 0.77 < area(honest) < 0.82)
    calibration("Bank without", program, honest, data, "--drop", "duration")
    forward("default", honest["forward_in_time"], every_cut=False)
    network = evaluate(program, data, "--drop", "duration", "--ordered", "--preset", "campaign")
    forward("reference network", network["forward_in_time"], every_cut=True)
    last = honest["forward_in_time"][0]
    claim("Bank forward, last 20%: .67 to .69 for the better model",
          f"{max(last['roc_auc'], last['logistic_roc_auc']):.3f}",
          0.66 < max(last["roc_auc"], last["logistic_roc_auc"]) < 0.71)


def shoppers(program, folder):
    data = ROOT / "data" / "shoppers.csv.gz"
    told = run(program, "train", data, "--epochs", 2, "--model_out", folder / "shoppers.keras").stderr
    claim("Shoppers: PageValues is named", "a warning" if "'PageValues'" in told else told, "--drop PageValues" in told)
    r = evaluate(program, data)
    claim("Shoppers: AUC about .935 (boosting), .914 (logistic)", f"AUC {area(r):.3f}", 0.91 < area(r) < 0.945)
    calibration("Shoppers", program, r, data)
    without = evaluate(program, data, "--drop", "PageValues")
    claim("Shoppers without PageValues: about .789 (boosting), .757 (logistic)", f"AUC {area(without):.3f}",
          0.74 < area(without) < 0.81)


def audiobooks(program):
    folder = os.environ.get("PROPENSE_DATA")
    if not folder:
        print("not run  Audiobooks: PROPENSE_DATA names no folder")
        return
    words = pathlib.Path(folder) / "audiobooks_data.csv", "--names", AUDIOBOOKS, "--target", "target"
    r = evaluate(program, *words)
    claim("Audiobooks: AUC about .917 (boosting), .905 (logistic)", f"AUC {area(r):.3f}", area(r) > 0.90)
    calibration("Audiobooks", program, r, *words)


def coin(program, folder, rows):
    data = folder / "coin.csv"
    draw = random.Random(11)
    lines = [f"{draw.randrange(20)},{draw.random():.4f},{draw.choice('NSEW')},{int(draw.random() < 0.3)}" for _ in range(rows)]
    data.write_text("visits,spent,region,label\n" + "\n".join(lines) + "\n")
    r = evaluate(program, data)
    claim(f"a coin flip, {rows} rows: chance", f"AUC {area(r):.3f}: {r['headline']}", r["headline"].startswith("No better"))


def main():
    parser = argparse.ArgumentParser(prog="./run bench truth", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--propense", default=str(ROOT / "build" / "release" / "propense"), metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="one seed and 40 permutations")
    args = parser.parse_args()
    program = os.path.abspath(args.propense)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        campaign(program, 1 if args.quick else 5, 40 if args.quick else 200)
        coin(program, folder, 2000)
        shoppers(program, folder)
        audiobooks(program)
        bank(program, folder)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
