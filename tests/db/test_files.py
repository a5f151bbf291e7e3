"""On what kind of file system a path lies."""

from pathlib import Path

import pytest

from db import files

MOUNTS = """22 1 0:21 / / rw,relatime - ext4 /dev/vda rw
30 22 0:30 / /srv rw - nfs4 server:/srv rw
31 30 0:31 / /srv/glas rw shared:5 - xfs /dev/vdb rw
32 22 0:32 / /mnt/two\\040words rw - cifs //server/share rw
33 22 0:33 / /home rw - ext4 /dev/vdc rw
34 22 0:34 / /home rw - fuse.sshfs me@there: rw
"""


@pytest.mark.parametrize(
    ("path", "kind", "shared"),
    [
        ("/data/glas.db", "ext4", False),
        ("/srv/data/glas.db", "nfs4", True),
        ("/srv/glas/data/glas.db", "xfs", False),
        ("/srvother/glas.db", "ext4", False),
        ("/mnt/two words/glas.db", "cifs", True),
        ("/home/glas.db", "fuse.sshfs", True),
    ],
)
def test_the_nearest_mount_says_it(path, kind, shared):
    assert files.kind_of(Path(path), MOUNTS) == kind and files.is_shared(kind) is shared


def test_where_nothing_is_told_nothing_is_claimed(monkeypatch, tmp_path):
    monkeypatch.setattr(files, "MOUNTS", tmp_path / "none")

    assert files.kind_of(tmp_path) == "" and not files.is_shared("")
