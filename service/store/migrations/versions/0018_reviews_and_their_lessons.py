"""Reviews of proposals after their projects, and the lessons that they leave."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_review",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_step", sa.String(), nullable=False),
        sa.Column("check_step", sa.String(), nullable=False),
        sa.Column("final_cost", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("objectives", sa.String(), nullable=False),
        sa.Column("system_kind", sa.String(), nullable=False),
        sa.Column("systems", sa.Text(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case", name="pk_case_review"),
    )
    op.create_index("ix_case_review_at", "case_review", ["at"])
    op.create_table(
        "lesson",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case", "number", name="pk_lesson"),
    )


def downgrade() -> None:
    op.drop_table("lesson")
    op.drop_table("case_review")
