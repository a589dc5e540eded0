"""`python -m benchmarks [part …]`: the table of numbers; ends with 1 if a bar is not met."""

import argparse
import importlib
import sys
import warnings


def main():
    """Run the parts asked for, or all."""
    parts = ["containers", "programs", "looking", "checking", "explorer", "grading", "endurance"]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(parts)} (default: all)")
    chosen = parser.parse_args().parts or parts
    if set(chosen) - set(parts):
        parser.error(
            f"there is no part {', '.join(sorted(set(chosen) - set(parts)))}; the parts are {', '.join(parts)}"
        )
    warnings.simplefilter("ignore")
    print(f"{'':58} {'ours':>13} {'theirs':>13} {'ratio':>8}     bar")
    return 0 if all([importlib.import_module(f"benchmarks.{part}").main() for part in chosen]) else 1


if __name__ == "__main__":
    sys.exit(main())
