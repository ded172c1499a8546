import pytest

from kamlab.accounts.tables import TABLES, table
from kamlab.foundation.claims import Status
from kamlab.intake.mapping.crm import (
    crm_caution,
    crm_columns,
    crm_exports,
    crm_headings,
    crm_named,
)


def test_every_heading_is_given_a_column_that_there_is():
    for export in crm_exports():
        assert export.table in TABLES
        names = {column.name for column in table(export.table).columns}
        assert set(export.headings.value.values()) <= names, export


def test_every_export_says_how_well_it_is_known():
    statuses = {export.headings.status for export in crm_exports()}
    assert statuses == {Status.SECONDARY, Status.RECALLED}
    checked = [e for e in crm_exports() if e.headings.status is Status.SECONDARY]
    assert all(export.headings.source for export in checked)
    assert {"Salesforce", "HubSpot", "Dynamics 365", "Zoho CRM", "Sansan", "Pipedrive"} <= {
        export.system for export in checked
    }


def test_a_heading_of_a_crm_does_not_contradict_our_own_names():
    for export in crm_exports():
        ours = table(export.table).by_heading
        for heading, column in export.headings.value.items():
            folded = heading.casefold().replace(" ", "")
            assert folded not in ours or ours[folded].name == column, (export.system, heading)


def test_deals_of_every_system_call_for_a_decision():
    deals = [e for e in crm_exports() if e.table == "transactions" and e.names]
    assert len(deals) >= 4
    assert all(export.caution for export in deals)
    assert {e.table for e in crm_named("DEALS")} == {"transactions"}
    assert crm_named("メモ") == ()


def test_the_systems_and_their_status_come_with_a_heading():
    closing = crm_columns("transactions")["closingdate"]["ordered_on"]
    assert (closing.systems, closing.checked) == (["Zoho CRM"], True)
    assert not crm_columns("accounts")["レコード番号"]["account_id"].checked
    assert crm_columns("accounts")["recordid"]["account_id"].systems == ["HubSpot", "Zoho CRM"]
    assert "closingdate" in crm_headings()


@pytest.mark.parametrize(
    ("headings", "careful"),
    [(["Record ID", "Close Date"], True), (["注文番号", "金額", "Amount"], False), ([], False)],
)
def test_headings_that_only_deals_have_call_for_a_decision(headings, careful):
    assert (crm_caution(headings, "transactions") is not None) == careful
