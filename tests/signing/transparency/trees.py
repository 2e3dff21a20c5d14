"""Trees of entries by the definition of RFC 6962, and what hashes their subtrees."""

from signing.transparency.merkle import Subtree, leaf_hash, node_hash


class Tree:
    """Entries, and the hash of any whole subtree, by the definition."""

    def __init__(self, entries: list[bytes]) -> None:
        self.leaves = [leaf_hash(entry) for entry in entries]

    def hash_of(self, subtree: Subtree) -> bytes:
        level, place = subtree
        return self.root_of(self.leaves[place << level : (place + 1) << level])

    def root_of(self, leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return leaves[0]
        half = 1
        while half * 2 < len(leaves):
            half *= 2
        return node_hash(self.root_of(leaves[:half]), self.root_of(leaves[half:]))


def of_size(size: int) -> Tree:
    return Tree([str(number).encode() for number in range(size)])
