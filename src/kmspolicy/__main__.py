"""The command, as ``python -m kmspolicy``."""

from kmspolicy._cli import main

if __name__ == "__main__":
    main()
