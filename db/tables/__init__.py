"""Every table, by area of life. Rows stay below `core`, which hands values upward.

May import: `base`.
Begin with: `rounds`; every column is declared in `db/declaration.py`.
"""

from db.tables.base import Moment, Row, Words, aware, id_of, metadata, table_of
from db.tables.board import Checkpoint, JournalHead, Leaf, PendingLeaf, VotedOn, WaitingBox
from db.tables.codes import Code, CodeBatch, Roll
from db.tables.ideas import Idea, Project, Review
from db.tables.marks import Mark
from db.tables.moderation import ErasureRequest, Hiding
from db.tables.municipalities import Area, Category, Municipality
from db.tables.people import Invitation, Person, PersonRole, SecondStep, SecondStepCode, SignIn, SignInLink, Throttle
from db.tables.rounds import Journal, Objection, Result, Round, SecondPerson
from db.tables.votes import CommissionMember, Mismatch, OpenBallot, Receipt, Slot, TurnoutDay

__all__ = [
    "Area",
    "Category",
    "Checkpoint",
    "Code",
    "CodeBatch",
    "CommissionMember",
    "ErasureRequest",
    "Hiding",
    "Idea",
    "Invitation",
    "Journal",
    "JournalHead",
    "Leaf",
    "Mark",
    "Mismatch",
    "Moment",
    "Municipality",
    "Objection",
    "OpenBallot",
    "PendingLeaf",
    "Person",
    "PersonRole",
    "Project",
    "Receipt",
    "Result",
    "Review",
    "Roll",
    "Round",
    "Row",
    "SecondPerson",
    "SecondStep",
    "SecondStepCode",
    "SignIn",
    "SignInLink",
    "Slot",
    "Throttle",
    "TurnoutDay",
    "VotedOn",
    "WaitingBox",
    "Words",
    "aware",
    "id_of",
    "metadata",
    "table_of",
]
