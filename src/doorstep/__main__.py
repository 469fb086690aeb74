"""`python -m doorstep` is the same as `doorstep`."""

from doorstep.cli import main

if __name__ == "__main__":
    main()
