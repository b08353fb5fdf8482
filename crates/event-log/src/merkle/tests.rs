//! Trees against the definition, against published roots, and proofs that fail once touched.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::{
    Frontier, INCLUSION_HASHES_MAX, ProofError, Tip, TipError, Tree, check_consistency,
    check_inclusion, leaf,
};
use crate::Hash;

/// Leaves enough for every shape of tree that matters.
const LEAVES: u64 = 260;

fn leaves() -> Vec<Hash> {
    (0..LEAVES).map(|n| leaf(Hash(Sha256::digest(n.to_be_bytes()).into()))).collect()
}

fn tree(leaves: &[Hash]) -> Tree {
    let mut tree = Tree::default();
    for leaf in leaves {
        tree.push(*leaf);
    }
    tree
}

/// The root by the words of RFC 9162, section 2.1.1.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash(Sha256::digest(b"").into()),
        [leaf] => *leaf,
        _ => {
            let mut k = 1;
            while 2 * k < leaves.len() {
                k *= 2;
            }
            let (left, right) = (defined(&leaves[..k]), defined(&leaves[k..]));
            Hash(Sha256::digest([&[1][..], &left.0, &right.0].concat()).into())
        }
    }
}

/// The inputs and roots that the tests of Certificate Transparency logs share.
#[test]
fn roots_are_those_of_certificate_transparency() {
    let inputs: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[
            0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
            0x6e, 0x6f,
        ],
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut frontier = Frontier::default();
    assert_eq!(frontier.root().to_string(), roots[0]);
    for (input, root) in inputs.iter().zip(&roots[1..]) {
        frontier.push(Hash(Sha256::digest([&[0][..], input].concat()).into()));
        assert_eq!(frontier.root().to_string(), *root);
    }
}

#[test]
fn a_frontier_and_a_tree_have_the_root_that_is_defined_at_every_size() {
    let leaves = leaves();
    let tree = tree(&leaves);
    let mut frontier = Frontier::default();
    for size in 0..=LEAVES {
        let root = defined(&leaves[..usize::try_from(size).unwrap()]);
        assert_eq!((frontier.size(), frontier.root()), (size, root));
        assert_eq!(tree.root(size), Some(root));
        if let Some(leaf) = leaves.get(usize::try_from(size).unwrap()) {
            frontier.push(*leaf);
        }
    }
    assert_eq!((tree.size(), tree.root(LEAVES + 1)), (LEAVES, None));
}

#[test]
fn every_leaf_of_every_tree_is_shown_to_be_in_it_and_nowhere_else() {
    let leaves = leaves();
    let tree = tree(&leaves);
    for size in 0..=LEAVES {
        let root = tree.root(size).unwrap();
        for (index, leaf) in (0..size).zip(&leaves) {
            let proof = tree.inclusion(index, size).unwrap();
            assert!(proof.len() <= INCLUSION_HASHES_MAX);
            assert_eq!(check_inclusion(*leaf, index, size, root, &proof), Ok(()));
            for other in [index + 1, index.wrapping_sub(1), size] {
                let elsewhere = check_inclusion(*leaf, other, size, root, &proof);
                assert_eq!(elsewhere, Err(ProofError), "{index} as {other} of {size}");
            }
        }
        assert_eq!(tree.inclusion(size, size), None);
    }
    assert_eq!(tree.inclusion(0, LEAVES + 1), None);
}

#[test]
fn every_tree_is_shown_to_begin_with_every_earlier_one() {
    let tree = tree(&leaves());
    let roots: Vec<Hash> = (0..=LEAVES).map(|size| tree.root(size).unwrap()).collect();
    for (size, root) in (0..).zip(&roots) {
        for (earlier, earlier_root) in (0..=size).zip(&roots) {
            let proof = tree.consistency(earlier, size).unwrap();
            let shown = check_consistency(earlier, *earlier_root, size, *root, &proof);
            assert_eq!(shown, Ok(()), "{earlier} of {size}");
            let other = leaf(*earlier_root);
            let shown = check_consistency(earlier, other, size, *root, &proof);
            assert_eq!(shown, Err(ProofError), "{earlier} of {size}");
        }
        assert_eq!(tree.consistency(size + 1, size), None);
    }
    assert_eq!(tree.consistency(1, LEAVES + 1), None);
}

#[test]
fn no_numbers_make_a_check_panic() {
    let hash = leaf(Hash::GENESIS);
    for size in [0, 1, 2, 1 << 63, u64::MAX - 1, u64::MAX] {
        for at in [0, 1, 1 << 62, (1 << 63) - 1, 1 << 63, u64::MAX - 1, u64::MAX] {
            for hashes in [0, 1, 63, 64, 65] {
                let proof = vec![hash; hashes];
                let inclusion = check_inclusion(hash, at, size, hash, &proof);
                assert_eq!(inclusion.is_ok(), (at, size, hashes) == (0, 1, 0));
                let consistency = check_consistency(at, hash, size, hash, &proof);
                assert_eq!(consistency.is_ok(), at == size && at > 0 && hashes == 0);
            }
        }
    }
}

proptest! {
    #[test]
    fn a_proof_in_which_anything_changed_shows_nothing(
        size in 2..LEAVES, at in any::<prop::sample::Index>(), touched in any::<prop::sample::Index>(), bit in 0_usize..256,
    ) {
        let leaves = leaves();
        let tree = tree(&leaves);
        let root = tree.root(size).unwrap();
        let flipped = |hash: Hash| {
            let mut bytes = hash.0;
            bytes[bit / 8] ^= 1 << (bit % 8);
            Hash(bytes)
        };
        let index = at.index(usize::try_from(size).unwrap());
        let leaf = leaves[index];
        let index = index as u64;
        let proof = tree.inclusion(index, size).unwrap();
        let check = |leaf, root, proof: &[Hash]| check_inclusion(leaf, index, size, root, proof);
        for wrong in wrongs(&proof, touched, flipped) {
            prop_assert_eq!(check(leaf, root, &wrong), Err(ProofError));
        }
        prop_assert_eq!(check(flipped(leaf), root, &proof), Err(ProofError));
        prop_assert_eq!(check(leaf, flipped(root), &proof), Err(ProofError));

        let earlier = index + 1;
        let earlier_root = tree.root(earlier).unwrap();
        let proof = tree.consistency(earlier, size).unwrap();
        let check = |earlier_root, root, proof: &[Hash]| {
            check_consistency(earlier, earlier_root, size, root, proof)
        };
        for wrong in wrongs(&proof, touched, flipped) {
            prop_assert_eq!(check(earlier_root, root, &wrong), Err(ProofError));
        }
        prop_assert_eq!(check(flipped(earlier_root), root, &proof), Err(ProofError));
        prop_assert_eq!(check(earlier_root, flipped(root), &proof), Err(ProofError));
    }
}

/// The proof with a bit flipped, a hash too many at either end, and a hash too few.
fn wrongs(
    proof: &[Hash],
    touched: prop::sample::Index,
    flipped: impl Fn(Hash) -> Hash,
) -> Vec<Vec<Hash>> {
    let extra = leaf(Hash::GENESIS);
    let mut wrongs = vec![[proof, &[extra]].concat(), [&[extra], proof].concat()];
    if !proof.is_empty() {
        let touched = touched.index(proof.len());
        let mut changed = proof.to_vec();
        changed[touched] = flipped(changed[touched]);
        let mut shorter = proof.to_vec();
        shorter.remove(touched);
        wrongs.extend([changed, shorter]);
    }
    wrongs
}

/// A tip over so many commits, whose hashes are told by their numbers.
fn tip(commits: u8) -> Tip {
    let mut tip = Tip::default();
    for n in 1..=commits {
        tip.push(Hash([n; 32]));
    }
    tip
}

#[test]
fn a_tip_is_the_frontier_of_all_commits_and_grows_on_as_if_it_had_never_been_kept() {
    let mut frontier = Frontier::default();
    assert_eq!((Tip::default().to_bytes(), Tip::default().frontier()), (None, frontier.clone()));
    for n in 1..=70 {
        frontier.push(leaf(Hash([n; 32])));
        let tip = tip(n);
        assert_eq!((tip.size(), tip.last()), (u64::from(n), Hash([n; 32])));
        assert_eq!(tip.frontier(), frontier);
        let mut kept = Tip::from_bytes(&tip.to_bytes().unwrap()).unwrap();
        assert_eq!(kept, tip);
        kept.push(Hash([n + 1; 32]));
        assert_eq!(kept, self::tip(n + 1));
    }
}

#[test]
fn the_bytes_of_a_tip_are_what_they_always_were() {
    let mut text = String::new();
    let mut bytes = &*tip(4).to_bytes().unwrap();
    for length in [1, 8, 32, 32, 32, 4] {
        let (field, rest) = bytes.split_at(length);
        text.extend(field.iter().map(|byte| format!("{byte:02x}")));
        text.push('\n');
        bytes = rest;
    }
    assert!(bytes.is_empty());
    expect_test::expect![[r"
        01
        0000000000000004
        3a066e0f40c6a1981ebfa60d2411625d0517ae22c2fc8c7c1784ff8a75c78565
        acaa04663a8547a2f70c60cc18f9378796b13c4f9a08f70d6adae662365b30c6
        0404040404040404040404040404040404040404040404040404040404040404
        aa4bfdf6
    "]]
    .assert_eq(&text);
}

#[test]
fn bytes_that_are_no_tip_are_refused_and_say_why() {
    let whole = tip(6).to_bytes().unwrap();
    for cut in 0..whole.len() {
        assert!(Tip::from_bytes(&whole[..cut]).is_err(), "cut at {cut}");
    }
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        let error = Tip::from_bytes(&damaged).unwrap_err();
        let version = TipError::Version { version: 0 };
        assert_eq!(error, if at == 0 { version } else { TipError::Checksum }, "byte {at}");
    }
    // A size that the peaks do not fit, its checksum right.
    for size in [0, 5, u64::MAX] {
        let mut other = whole[..whole.len() - 4].to_vec();
        other[1..9].copy_from_slice(&u64::to_be_bytes(size));
        other.extend(crate::frame::checksum(&other).to_be_bytes());
        let bytes = whole.len();
        assert_eq!(Tip::from_bytes(&other), Err(TipError::Length { bytes }), "{size}");
    }
}
