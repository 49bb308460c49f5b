"""The command line `staffetta`: for people by default, `--json` for programs. Exit status 0: done; 1: done, and something is wrong; 2: not done."""
