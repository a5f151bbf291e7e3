"""Files: on what kind of file system a path lies, as Linux tells it."""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
_OCTAL = re.compile(r"\\([0-7]{3})")
# Where several computers share a folder, locks and the memory that SQLite's journal needs are promised by nobody.
SHARED = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.ceph", "fuse.davfs", "fuse.glusterfs", "fuse.rclone",
    "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs3", "nfs4", "ocfs2",
    "smb2", "smb3", "smbfs",
})  # fmt: skip


def kind_of(path: Path, mounts: str | None = None) -> str:
    """Return the kind of file system that a path lies on, like ext4 or nfs4; "" where the system does not tell.

    `mounts`: what the kernel says is mounted (proc(5), mountinfo): of two on one folder the later one counts.
    """
    if mounts is None:
        try:
            mounts = MOUNTS.read_text("utf-8", "surrogateescape")
        except OSError:
            return ""
    found, best = "", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        # Blanks and the like are written as octal numbers there.
        folder = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[4]))
        if (path == folder or folder in path.parents) and len(folder.parts) >= best:
            found, best = after.split()[0], len(folder.parts)
    return found


def is_shared(kind: str) -> bool:
    """Return whether a file system of this kind is shared by computers."""
    return kind in SHARED
