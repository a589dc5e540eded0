"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _given(kind, *names):
    return [sa.Column(name, kind, nullable=False) for name in names]


def _maybe(kind, *names):
    return [sa.Column(name, kind) for name in names]


def _of_grading():
    return [
        sa.Column("grading_id", sa.Integer, sa.ForeignKey("gradings.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
    ]


def upgrade():
    """Make them."""
    op.create_table(
        "submissions",
        sa.Column("id", sa.Integer, primary_key=True),
        *_given(sa.Text, "assignment", "student", "file", "identity"),
        sa.UniqueConstraint("identity", name="one_submission"),
    )
    op.create_table(
        "gradings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("submission_id", sa.Integer, sa.ForeignKey("submissions.id"), nullable=False),
        *_given(sa.Text, "recorded", "reason", "sha256"),
        *_maybe(sa.Text, "received"),
        *_given(sa.Double, "late_s"),
        *_given(sa.Text, "key", "draw", "status", "said", "notes", "code", "versions", "sandbox"),
        *_given(sa.Double, "wall_s", "cpu_s"),
        *_given(sa.BigInteger, "memory_bytes"),
        *_maybe(sa.Text, "at"),
    )
    op.create_index("ix_gradings_submission_id", "gradings", ["submission_id"])
    op.create_table(
        "scores",
        *_of_grading(),
        *_given(sa.Text, "exercise", "version"),
        *_given(sa.Boolean, "ok", "started"),
        *_given(sa.Integer, "agreed", "asked"),
        *_given(sa.Double, "earned", "points"),
        *_given(sa.Text, "sentence", "found", "hint"),
        *_maybe(sa.Text, "mistake", "call"),
        *_given(sa.Text, "code", "remarks", "layers", "behaviour"),
        *_maybe(sa.LargeBinary, "run"),
    )
    op.create_table(
        "cells",
        *_of_grading(),
        *_given(sa.Integer, "number"),
        *_given(sa.Text, "error", "printed", "left_out"),
    )
    op.create_table("tried", *_of_grading(), *_given(sa.Text, "what"))
    op.create_table(
        "adjustments",
        sa.Column("id", sa.Integer, primary_key=True),
        *_given(sa.Text, "assignment", "student", "exercise"),
        *_given(sa.Double, "earned"),
        *_given(sa.Text, "reason", "by", "at"),
    )
