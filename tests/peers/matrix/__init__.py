"""Matrix's other side."""

from tests.peers.matrix.peer import MatrixPeer

__all__ = ["MatrixPeer"]
