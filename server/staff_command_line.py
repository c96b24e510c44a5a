"""The commands about officers: who may sign in at a desk. They work on the site server's own database."""

import click


@click.group(short_help="Who may sign in at a desk.", epilog="Example: giliran staff list --data server-data")
def staff() -> None:
    """Officers, supervisors and technicians of a site: ids and PINs, kept at its server alone."""
