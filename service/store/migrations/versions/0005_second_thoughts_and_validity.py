"""Answers that may be taken back for a while, and approvals that are good up to a day."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STANDING, _NOT_REFUSED = sa.text("state NOT IN ('refused', 'undone')"), sa.text("state <> 'refused'")
_UNSETTLED = sa.text("state = 'submitted'")


def upgrade() -> None:
    op.create_table(
        "undo_intent",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_undo_intent"),
    )
    op.create_index(
        "ix_undo_intent_unsettled",
        "undo_intent",
        ["step", "submitted_at"],
        sqlite_where=_UNSETTLED,
        postgresql_where=_UNSETTLED,
    )
    op.add_column("decision", sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("decision", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("step", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("case_file", sa.Column("valid_until", sa.Date(), nullable=True))
    _one_standing_answer(_STANDING)


def downgrade() -> None:
    _one_standing_answer(_NOT_REFUSED)
    op.drop_column("case_file", "valid_until")
    op.drop_column("step", "held_until")
    op.drop_column("decision", "held_until")
    op.drop_column("decision", "attempt")
    op.drop_index("ix_undo_intent_unsettled", table_name="undo_intent")
    op.drop_table("undo_intent")


def _one_standing_answer(standing: sa.TextClause) -> None:
    """Let one person have one answer to a step, of those that stand."""
    op.drop_index("ux_intent_person", table_name="intent")
    op.create_index(
        "ux_intent_person",
        "intent",
        ["step", "round", "person"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
