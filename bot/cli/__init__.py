"""The command line. Each command builds what it needs and calls one thing; heavy packages are imported inside."""

import typer

from bot.cli import care, facts, imports, keys, leftovers, organization, replay, running, triage, webhook

COMMANDS = (
    running.init, running.run, running.demo, running.console, running.code, running.rooms,
    replay.replay, imports.import_chat, care.check, leftovers.outbox, care.backup, care.restore,
)  # fmt: skip


def main() -> None:
    """Run the command line."""
    app = typer.Typer(
        help="GridSteward 网格管家: hears a residents' group, keeps its tickets.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for command in COMMANDS:
        app.command()(command)
    app.add_typer(organization.app, name="org")
    app.add_typer(care.audit_app, name="audit")
    app.add_typer(facts.app, name="facts")
    app.add_typer(triage.app, name="triage")
    app.add_typer(webhook.app, name="webhook")
    app.add_typer(keys.app, name="api-key")
    app()
