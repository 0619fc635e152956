"""`python -m ftschema` is the command `ftschema`."""

from ftschema.cli import main

main(prog_name="ftschema")
