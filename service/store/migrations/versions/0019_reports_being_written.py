"""What people have typed into reports and not handed in; documents with it are held through every round."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_STEP = sa.table("step", sa.column("id"), sa.column("case"), sa.column("key"))
_HELD = sa.table("held_document", sa.column("step"), sa.column("case"), sa.column("key"))


def upgrade() -> None:
    op.create_table(
        "report_draft",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("boxes", sa.Text(), nullable=False),
        sa.Column("saved", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case", "key", "person", name="pk_report_draft"),
    )
    op.add_column("held_document", sa.Column("case", sa.String(), nullable=False, server_default=""))
    op.add_column("held_document", sa.Column("key", sa.String(), nullable=False, server_default=""))
    of_its_step = {
        name: sa.func.coalesce(
            sa.select(_STEP.c[name]).where(_STEP.c.id == _HELD.c.step).scalar_subquery(), ""
        )
        for name in ("case", "key")
    }
    op.execute(_HELD.update().values(of_its_step))
    op.drop_index("ix_held_document_step_seat_person", "held_document")
    with op.batch_alter_table("held_document") as held:
        held.drop_column("step")
        held.drop_column("seat")
        held.alter_column("case", server_default=None)
        held.alter_column("key", server_default=None)
    op.create_index("ix_held_document_case_key_person", "held_document", ["case", "key", "person"])


def downgrade() -> None:
    op.drop_index("ix_held_document_case_key_person", "held_document")
    with op.batch_alter_table("held_document") as held:
        held.drop_column("case")
        held.drop_column("key")
        held.add_column(sa.Column("step", sa.String(), nullable=False, server_default=""))
        held.add_column(sa.Column("seat", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_held_document_step_seat_person", "held_document", ["step", "seat", "person"])
    op.drop_table("report_draft")
