//! How much memory reading takes: the allocator counts.

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Runs `read`, and holds it to so many bytes of memory at any moment.
pub(crate) fn bounded<T>(bytes_max: usize, read: impl FnOnce() -> T) -> T {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let value = read();
    let taken = ALLOCATOR.peak_usage().saturating_sub(before);
    assert!(taken <= bytes_max, "{taken} bytes of memory, of at most {bytes_max}");
    value
}

/// Gives `target` what is kept in the folders, each also cut short anywhere, and with a bit changed
/// anywhere. One test at a time: the memory of the whole program is measured.
#[cfg(test)]
pub(crate) fn give_all(folders: &[std::path::PathBuf], target: fn(&[u8])) {
    let mut kept = vec![];
    for folder in folders.iter().filter(|it| it.exists()) {
        let entries = std::fs::read_dir(folder).unwrap();
        kept.extend(entries.map(|it| it.unwrap().path()));
    }
    kept.sort();
    assert!(!kept.is_empty(), "there is nothing in {folders:?}");
    for path in kept {
        eprintln!("{}", path.display());
        let bytes = std::fs::read(path).unwrap();
        target(&bytes);
        for at in 0..bytes.len() {
            target(&bytes[..at]);
            let mut touched = bytes.clone();
            touched[at] ^= 1 << (at % 8);
            target(&touched);
        }
    }
}
