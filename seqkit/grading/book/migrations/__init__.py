"""How the tables of a gradebook came to be, one file in `versions` a step; alembic runs those that are missing.

To add one: copy the last file of `versions`, name it by the next number, and say what changes in `upgrade`.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
TABLE = "seqkit_version"
"""Its one row names the last step that was run."""


def known():
    """The numbers of all steps, in order."""
    return sorted(path.stem[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def run(connection):
    """Run every step that `connection`'s database lacks, inside the transaction that is open there."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "table": TABLE})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    command.upgrade(config, "head")
