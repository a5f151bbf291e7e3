"""Signed checkpoints: what is signed holds, and nothing else does."""

import pytest
from nacl.signing import SigningKey

from core.trust.checkpoints import Checkpoint, CheckpointWrong, open_note, read_verifier, sign, verifier

KEY = SigningKey(bytes(range(32)))
STATE = Checkpoint("glas.example/round-1", 20_852_163, bytes(range(32)))


def test_a_note_opens_with_its_key():
    assert open_note(sign(STATE, KEY), STATE.origin, KEY.verify_key) == STATE


def test_the_form_is_that_of_c2sp():
    lines = sign(STATE, KEY).split("\n")

    assert lines[:4] == [STATE.origin, "20852163", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", ""]
    assert lines[4].startswith(f"— {STATE.origin} ") and lines[5] == "" and len(lines) == 6


def test_a_second_signature_does_not_disturb():
    note = sign(STATE, KEY) + "— another.witness AAAAAAAA\n"

    assert open_note(note, STATE.origin, KEY.verify_key) == STATE


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("20852163", "20852164"),
        lambda note: note.replace("20852163", "+20852163"),
        lambda note: note.replace("AAEC", "AAED"),
        lambda note: note.replace("glas.example/round-1\n", "glas.example/round-2\n", 1),
        lambda note: note.replace("\n\n", "\nmore\n\n", 1),
        lambda note: note.rsplit("— ", 1)[0],
        lambda _note: "",
    ],
)
def test_an_altered_note_is_refused(spoil):
    with pytest.raises(CheckpointWrong):
        open_note(spoil(sign(STATE, KEY)), STATE.origin, KEY.verify_key)


def test_another_key_is_refused():
    with pytest.raises(CheckpointWrong):
        open_note(sign(STATE, KEY), STATE.origin, SigningKey.generate().verify_key)


def test_the_public_key_travels_as_one_line():
    line = verifier(STATE.origin, KEY.verify_key)

    assert read_verifier(line) == (STATE.origin, KEY.verify_key)
    with pytest.raises(CheckpointWrong):
        read_verifier("x" + line)
    with pytest.raises(CheckpointWrong):
        read_verifier("no key at all")
