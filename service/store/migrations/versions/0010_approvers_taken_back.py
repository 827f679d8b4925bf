"""Approvers who were added and are not asked any more."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approver", sa.Column("taken_back_by", sa.String(), nullable=True))
    op.add_column("approver", sa.Column("taken_back_as", sa.String(), nullable=True))
    op.add_column("approver", sa.Column("taken_back_why", sa.String(), nullable=True))
    op.add_column("approver", sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
    told = sa.text("state = 'taking_back'")
    op.create_index("ix_approver_not_let_go", "approver", ["case"], sqlite_where=told, postgresql_where=told)


def downgrade() -> None:
    op.drop_index("ix_approver_not_let_go", "approver")
    for column in ("taken_back_by", "taken_back_as", "taken_back_why", "taken_back_at"):
        op.drop_column("approver", column)
