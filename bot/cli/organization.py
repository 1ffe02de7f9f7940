"""``gridsteward org``: the organization file."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import DatabaseOption, OrgArgument, SettingsOption, fail, org_from, reading, storage_of
from bot.cli.facts import count_in

app = typer.Typer(help="The organization file: units, people, duties, groups.", no_args_is_help=True)


@app.command("check")
def org_check(file: OrgArgument) -> None:
    """Say everything that is wrong with an organization file."""
    from adapters.orgfile import check_org

    org = org_from(file)
    for warning in check_org(org):
        typer.echo(f"注意：{warning}")
    typer.echo(
        f"没有错误：{len(org.units)} 个单位，{len(org.people)} 人，{len(org.duties)} 项职责，{len(org.groups)} 个群"
    )


@app.command("import")
def org_import(
    file: OrgArgument,
    settings: SettingsOption = None,
    db: DatabaseOption = None,
) -> None:
    """Take an organization file into the database, whole or not at all."""
    org = org_from(file)
    with storage_of(settings, db, "换组织要先停下机器人，导入，再启动") as storage:
        storage.desk.run(lambda uow: uow.org.replace(org))
        count_in(storage)
        held = storage.desk.run(lambda uow: uow.org.load()).articles
    typer.echo(
        f"已导入：{len(org.units)} 个单位，{len(org.people)} 人，{len(org.duties)} 项职责，{len(org.groups)} 个群"
    )
    if differ := [article.title for article in org.articles if article not in held]:
        typer.echo(f"注意：{len(differ)} 条知识在看板上改过，以看板为准：{'、'.join(differ)}")


@app.command("template")
def org_template(file: Annotated[Path, typer.Argument(help="The .xlsx to write.")]) -> None:
    """Write an empty org.xlsx with headings, notes and one example row a sheet."""
    from adapters.office import OfficeFiles
    from adapters.orgfile.template import template

    if file.exists():
        fail(f"{file}: the file exists already")
    file.write_bytes(OfficeFiles().workbook(template()))
    typer.echo(f"已写好模板：{file}")


@app.command("export")
def org_export(
    file: Annotated[Path, typer.Argument(help="The .xlsx or .toml to write.")],
    settings: SettingsOption = None,
    db: DatabaseOption = None,
) -> None:
    """Write the organization as it is now, rota and absences included, into a file that `org import` takes."""
    from adapters.office import OfficeFiles
    from adapters.orgfile import as_sheets, as_toml

    if file.exists():
        fail(f"{file}: the file exists already")
    if file.suffix.lower() not in {".xlsx", ".toml"}:
        fail(f"{file}: .xlsx or .toml")
    with reading(settings, db) as storage:
        org = storage.desk.run(lambda uow: uow.org.load())
    in_sheets = file.suffix.lower() == ".xlsx"
    file.write_bytes(OfficeFiles().workbook(as_sheets(org)) if in_sheets else as_toml(org).encode())
    typer.echo(f"已写好：{file}")
