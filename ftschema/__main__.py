"""`python -m ftschema` is the command `ftschema`."""

from ftschema.cli.main import main

main(prog_name="ftschema")
