"""The first tables, and the triggers that make the journal append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Neither our program nor a slip at a prompt changes what was written. SQLite's third trigger is there
# because INSERT OR REPLACE deletes without asking the second.
_SQLITE = (
    "CREATE TRIGGER journal_update BEFORE UPDATE ON journal "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER journal_delete BEFORE DELETE ON journal "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER journal_replace BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 FROM journal "
    'WHERE "case" = NEW."case" AND (seq = NEW.seq OR "key" = NEW."key")) '
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$",
    "CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal "
    "FOR EACH ROW EXECUTE FUNCTION journal_append_only()",
    "CREATE TRIGGER journal_not_emptied BEFORE TRUNCATE ON journal "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only()",
)


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("hits", sa.Text(), nullable=False),
        sa.Column("expires_real", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name="pk_allowance"),
    )
    op.create_index("ix_allowance_expires_real", "allowance", ["expires_real"])

    op.create_table(
        "anchored",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case", name="pk_anchored"),
    )
    op.create_table(
        "answer_draft",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("shown_hash", sa.String(), nullable=False),
        sa.Column("kept_real", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer_draft"),
    )
    op.create_index("ix_answer_draft_kept_real", "answer_draft", ["kept_real"])

    op.create_table(
        "api_token",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("created_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_real", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_real", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
    )
    op.create_index("ix_api_token_person", "api_token", ["person"])

    op.create_table(
        "case_file",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("taken_up", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("sponsor", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("capital", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("withdrawal_key", sa.String(), nullable=True),
        sa.Column("withdrawal_by", sa.String(), nullable=True),
        sa.Column("withdrawal_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("ref", name="pk_case_file"),
    )
    op.create_index("ix_case_file_changed_ref", "case_file", ["changed", "ref"])
    op.create_index("ix_case_file_department_changed_ref", "case_file", ["department", "changed", "ref"])
    op.create_index(
        "ix_case_file_not_taken_up",
        "case_file",
        ["ref"],
        sqlite_where=sa.text("taken_up < version AND open = 1"),
        postgresql_where=sa.text("taken_up < version AND open"),
    )
    op.create_index("ix_case_file_organisation_changed_ref", "case_file", ["organisation", "changed", "ref"])
    op.create_index(
        "ix_case_file_organisation_kind_state_changed_ref",
        "case_file",
        ["organisation", "kind", "state", "changed", "ref"],
    )
    op.create_index(
        "ix_case_file_ref_begins", "case_file", ["ref"], postgresql_ops={"ref": "text_pattern_ops"}
    )
    op.create_index("ix_case_file_state_changed_ref", "case_file", ["state", "changed", "ref"])
    op.create_index(
        "ix_case_file_withdrawing",
        "case_file",
        ["ref"],
        sqlite_where=sa.text("withdrawal_key IS NOT NULL AND open = 1"),
        postgresql_where=sa.text("withdrawal_key IS NOT NULL AND open"),
    )

    op.create_table(
        "case_version",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("submitted", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("branches", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ref", "version", name="pk_case_version"),
    )
    op.create_table(
        "case_wait",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("leg", sa.String(), nullable=False),
        sa.Column("on", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case", "key", name="pk_case_wait"),
    )
    op.create_index("ix_case_wait_until", "case_wait", ["until"])

    op.create_table(
        "clock_segment",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_clock_segment"),
    )
    op.create_table(
        "code",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("issued_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_code"),
    )
    op.create_index("ix_code_browser_purpose_about", "code", ["browser", "purpose", "about"])
    op.create_index("ix_code_person_issued_real", "code", ["person", "issued_real"])

    op.create_table(
        "counter",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_counter"),
    )
    op.create_table(
        "cover",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("cover", sa.String(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_cover"),
    )
    op.create_index("ix_cover_person_starts", "cover", ["person", "starts"])

    op.create_table(
        "decision",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("words_hash", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("shown_hash", sa.String(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("assurance", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_decision"),
    )
    op.create_index("ix_decision_case_submitted_at", "decision", ["case", "submitted_at"])
    op.create_index("ix_decision_step", "decision", ["step"])

    op.create_table(
        "draft",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("submitted_version", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_draft"),
    )
    op.create_index("ix_draft_owner_updated", "draft", ["owner", "updated"])

    op.create_table(
        "draft_co_author",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("ref", "post", name="pk_draft_co_author"),
    )
    op.create_index("ix_draft_co_author_post", "draft_co_author", ["post"])

    op.create_table(
        "edition",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("put_real", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_edition"),
    )
    op.create_table(
        "edition_in_force",
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation", name="pk_edition_in_force"),
    )
    op.create_table(
        "head",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("head_mac", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case", name="pk_head"),
    )
    op.create_table(
        "holder",
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("step", "seat", "person", name="pk_holder"),
    )
    op.create_index(
        "ix_holder_waiting",
        "holder",
        ["person", "step"],
        sqlite_where=sa.text("waiting = 1"),
        postgresql_where=sa.text("waiting"),
    )

    op.create_table(
        "idempotency_key",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("remembered_real", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_remembered_real", "idempotency_key", ["remembered_real"])

    op.create_table(
        "intent",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("words_hash", sa.String(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled", sa.String(), nullable=True),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_intent"),
        sa.UniqueConstraint("step", "round", "seat", name="uq_intent_step_round_seat"),
    )
    op.create_index(
        "ix_intent_unsettled",
        "intent",
        ["step", "submitted_at"],
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_index(
        "ux_intent_person",
        "intent",
        ["step", "round", "person"],
        unique=True,
        sqlite_where=sa.text("state <> 'refused'"),
        postgresql_where=sa.text("state <> 'refused'"),
    )

    op.create_table(
        "journal",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case", "seq", name="pk_journal"),
        sa.UniqueConstraint("case", "key", name="uq_journal_case_key"),
    )
    op.create_table(
        "letter",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("props", sa.Text(), nullable=False),
        sa.Column("binding", sa.Text(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("queued", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_real", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_letter"),
    )
    op.create_index("ix_letter_case_cause", "letter", ["case", "cause"])
    op.create_index("ix_letter_case_queued", "letter", ["case", "queued"])
    op.create_index("ix_letter_step", "letter", ["step"])
    op.create_index(
        "ix_letter_undeliverable",
        "letter",
        ["queued_real"],
        sqlite_where=sa.text("state = 'undeliverable'"),
        postgresql_where=sa.text("state = 'undeliverable'"),
    )
    op.create_index(
        "ix_letter_unsent",
        "letter",
        ["queued_real"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )

    op.create_table(
        "link",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("issued", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("opened_real", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
        sa.UniqueConstraint("letter", name="uq_link_letter"),
    )
    op.create_index("ix_link_person", "link", ["person"])
    op.create_index("ix_link_step_person", "link", ["step", "person"])

    op.create_table(
        "seat",
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("chair", sa.Boolean(), nullable=False),
        sa.Column("veto", sa.Boolean(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("choice", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("step", "seat", name="pk_seat"),
    )
    op.create_index(
        "ix_seat_waiting",
        "seat",
        ["post", "step"],
        sqlite_where=sa.text("waiting = 1"),
        postgresql_where=sa.text("waiting"),
    )

    op.create_table(
        "step",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rungs", sa.Text(), nullable=False),
        sa.Column("climbed", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("ending", sa.String(), nullable=True),
        sa.Column("choice", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_step"),
    )
    op.create_index("ix_step_case_opened", "step", ["case", "opened"])
    op.create_index(
        "ix_step_due",
        "step",
        ["due", "case"],
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
    op.create_index(
        "ix_step_next",
        "step",
        ["next_at"],
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
    op.create_index(
        "ix_step_open",
        "step",
        ["opened", "id"],
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )

    op.create_table(
        "stored_text",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("put_real", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_stored_text"),
    )
    op.create_table(
        "web_session",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("created_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_real", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("ref", name="pk_web_session"),
    )
    op.create_index("ix_web_session_person", "web_session", ["person"])
    op.create_index("ix_web_session_seen_real", "web_session", ["seen_real"])

    op.create_table(
        "web_session_link",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("at_real", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ref", "link", name="pk_web_session_link"),
    )
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRESQL if on_postgresql else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("web_session_link")
    op.drop_table("web_session")
    op.drop_table("stored_text")
    op.drop_table("step")
    op.drop_table("seat")
    op.drop_table("link")
    op.drop_table("letter")
    op.drop_table("journal")
    op.drop_table("intent")
    op.drop_table("idempotency_key")
    op.drop_table("holder")
    op.drop_table("head")
    op.drop_table("edition_in_force")
    op.drop_table("edition")
    op.drop_table("draft_co_author")
    op.drop_table("draft")
    op.drop_table("decision")
    op.drop_table("cover")
    op.drop_table("counter")
    op.drop_table("code")
    op.drop_table("clock_segment")
    op.drop_table("case_wait")
    op.drop_table("case_version")
    op.drop_table("case_file")
    op.drop_table("api_token")
    op.drop_table("answer_draft")
    op.drop_table("anchored")
    op.drop_table("allowance")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION journal_append_only")
