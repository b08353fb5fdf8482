"""A second checker of bundles, written from docs/bundle.md: it shares no code with the first.

    python3 check.py BUNDLE PUBLIC-KEY [KEPT-CHECKPOINT]

Prints one line of JSON about what was checked and exits with 0, or says what is wrong and exits
with 1. Needs the package `cryptography` for the signature; without it, `signature` is false.
"""

import base64
import hashlib
import json
import struct
import sys

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

MEMBERS = {"format", "stream", "checkpoint", "earlier", "commits", "eventTypes"}
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Wrong(Exception):
    pass


def demand(holds, what):
    if not holds:
        raise Wrong(what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def decoded(text):
    return base64.b64decode(text, validate=True)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def checkpoint(note, key_text):
    """The log's size and root, and whether the signature was checked."""
    name, key_id, key = key_text.split("+", 2)
    key = decoded(key)
    demand(len(key) == 33 and key[0] == 1, "the key is not an Ed25519 key")
    demand(sha256(name.encode(), b"\n", key)[:4].hex() == key_id, "the key's id is another")
    text, signatures = note[: note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2 :]
    demand(signatures.endswith("\n"), "the note has no end")
    mine = []
    for line in signatures[:-1].split("\n"):
        dash, signer, signature = line.split(" ")
        demand(dash == "\u2014", "a line is not that of a signature")
        signature = decoded(signature)
        if signer == name and signature[:4].hex() == key_id:
            mine.append(signature[4:])
    demand(mine, "the key has not signed the checkpoint")
    if Ed25519PublicKey is not None:
        try:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(mine[0], text.encode())
        except InvalidSignature:
            raise Wrong("the signature does not verify") from None
    origin, size, root = text.split("\n")[:3]
    demand(origin == name, "the checkpoint is of another log")
    demand(str(int(size)) == size, "the size is not a number")
    root = decoded(root)
    demand(len(root) == 32, "the root is not a hash")
    return int(size), root, Ed25519PublicKey is not None


def root_of(leaf, index, size, proof):
    """The root that a proof leads to, by going down the tree instead of up."""
    if size == 1:
        demand(not proof, "the proof is too long")
        return leaf
    demand(proof, "the proof is too short")
    left = 1
    while left * 2 < size:
        left *= 2
    if index < left:
        return sha256(b"\1", root_of(leaf, index, left, proof[:-1]), proof[-1])
    return sha256(b"\1", proof[-1], root_of(leaf, index - left, size - left, proof[:-1]))


def roots_of(earlier_root, earlier, size, proof, is_whole=True):
    """The roots of the earlier and the later tree that a proof leads to, by going down."""
    if earlier == size:
        demand(len(proof) == (0 if is_whole else 1), "the proof has another length")
        return (earlier_root, earlier_root) if is_whole else (proof[0], proof[0])
    demand(proof, "the proof is too short")
    left = 1
    while left * 2 < size:
        left *= 2
    *rest, beside = proof
    if earlier <= left:
        before, after = roots_of(earlier_root, earlier, left, rest, is_whole)
        return before, sha256(b"\1", after, beside)
    before, after = roots_of(earlier_root, earlier - left, size - left, rest, False)
    return sha256(b"\1", beside, before), sha256(b"\1", beside, after)


def id_text(prefix, bits):
    short = bits < 1 << 64
    digits = ""
    for _ in range(26):
        digits = DIGITS[bits & 31] + digits
        bits >>= 5
    return prefix + "_" + ((digits.lstrip("0") or "0") if short else digits)


def frame(data):
    """The parts of a commit that bind it to its stream, and its hash and body."""
    demand(len(data) >= 40, "a frame is too short")
    length, crc = struct.unpack_from(">II", data)
    demand(len(data) == 8 + length + 32, "a frame has another length")
    body, claimed = data[8 : 8 + length], data[8 + length :]
    demand(crc32c(body) == crc, "a frame's checksum differs")
    layout, position, prev, version, kind, high, low = struct.unpack_from(">BQQIBQQ", body)
    demand(layout == 1, "a frame's format is unknown")
    demand(kind == 1, "a commit is not a case's")
    at = 1 + 8 + 8 + 4 + 17 + 16 + 32 + 8 + 8 + 35
    at += 1 + body[at]
    (count,) = struct.unpack_from(">H", body, at)
    at += 2
    types = []
    for _ in range(count):
        types.append(struct.unpack_from(">HH", body, at))
        at += 4
        for _ in range(2):
            (length,) = struct.unpack_from(">I", body, at)
            at += 4 + length
    demand(at == len(body), "a frame's events do not fill it")
    stream = id_text("case", high << 64 | low)
    return position, prev, version, stream, types, body, claimed


def check(bundle, key_text, kept=None):
    demand(bundle["format"] == "arende-bundle/1", "the format is unknown")
    demand(set(bundle) <= MEMBERS, "the bundle has a member that is unknown")
    size, root, signature = checkpoint(bundle["checkpoint"], key_text)
    if kept is not None:
        earlier, earlier_root, _ = checkpoint(kept, key_text)
        demand(bundle["earlier"]["size"] == earlier, "there is no proof for the checkpoint")
        demand(earlier <= size, "the log is shorter than the checkpoint")
        proof = [decoded(it) for it in bundle["earlier"]["consistency"]]
        if earlier == 0:
            demand(not proof, "nothing needs no proof")
            roots = (sha256(), root)
        else:
            roots = roots_of(earlier_root, earlier, size, proof)
        demand(roots == (earlier_root, root), "the log is not the one that was kept")
    names = {(it["typeId"], it["schemaVersion"]): it["name"] for it in bundle["eventTypes"]}
    last, next_version, events = 0, 1, []
    for commit in bundle["commits"]:
        demand(set(commit) == {"hashBefore", "frame", "inclusion"}, "a member is unknown")
        before = decoded(commit["hashBefore"])
        demand(len(before) == 32, "a hash before is not a hash")
        position, prev, version, stream, types, body, claimed = frame(decoded(commit["frame"]))
        demand(sha256(before, body) == claimed, f"commit {position} has another hash")
        demand(stream == bundle["stream"], f"commit {position} is of another case")
        demand(prev == last and position > last, f"a commit is missing before {position}")
        demand(version == next_version, f"an event is missing before commit {position}")
        demand(0 < position <= size, f"commit {position} is not in the log")
        proof = [decoded(it) for it in commit["inclusion"]]
        demand(all(len(it) == 32 for it in proof), "a proof holds what is no hash")
        leaf = sha256(b"\0", claimed)
        demand(
            root_of(leaf, position - 1, size, proof) == root,
            f"commit {position} is not in the log",
        )
        last, next_version = position, version + len(types)
        events += [names[it] for it in types]
    demand(events, "there is nothing of the case")
    return {
        "case": bundle["stream"],
        "commits": len(bundle["commits"]),
        "events": events,
        "size": size,
        "signature": signature,
    }


def main():
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            bundle = json.load(file)
        kept = None
        if len(sys.argv) > 3:
            with open(sys.argv[3], encoding="utf-8") as file:
                kept = file.read()
        print(json.dumps(check(bundle, sys.argv[2], kept)))
    except (Wrong, ValueError, KeyError, IndexError, TypeError, struct.error) as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
