//! A list that grows by pieces, and whose copy costs a pointer for each piece.
//!
//! The copy and the list share their pieces until one of the two changes one: what is saved can
//! stand still while the read models go on. And a list that is all in one piece is copied whole
//! when it grows, and takes up to twice what it holds.

use std::sync::Arc;

/// Items in one piece.
const PIECE: usize = 1_024;

/// Items by number.
#[derive(Debug, Clone)]
pub(crate) struct Pieces<T>(Vec<Arc<Vec<T>>>);

impl<T> Default for Pieces<T> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<T> Pieces<T> {
    pub(crate) fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * PIECE + last.len())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        let number = number as usize;
        self.0.get(number / PIECE)?.get(number % PIECE)
    }

    /// Each piece, in order.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &[T]> {
        self.0.iter().map(|it| it.as_slice())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces().flatten()
    }
}

impl<T: Clone> Pieces<T> {
    pub(crate) fn push(&mut self, item: T) {
        match self.0.last_mut() {
            Some(last) if last.len() < PIECE => Arc::make_mut(last).push(item),
            // The first may stay small; room that doubles is fetched and filled twice.
            Some(_) => {
                let mut next = Vec::with_capacity(PIECE);
                next.push(item);
                self.0.push(Arc::new(next));
            }
            None => self.0.push(Arc::new(vec![item])),
        }
    }

    /// The item at `number`, which was pushed.
    pub(crate) fn at_mut(&mut self, number: u32) -> &mut T {
        let number = number as usize;
        &mut Arc::make_mut(&mut self.0[number / PIECE])[number % PIECE]
    }
}

impl<T> std::ops::Index<u32> for Pieces<T> {
    type Output = T;

    fn index(&self, number: u32) -> &T {
        let number = number as usize;
        &self.0[number / PIECE][number % PIECE]
    }
}

#[cfg(test)]
mod tests {
    use super::{PIECE, Pieces};

    #[test]
    fn a_copy_stands_still_while_the_list_goes_on() {
        let mut list = Pieces::default();
        let n = u32::try_from(PIECE).unwrap() * 2 + 3;
        (0..n).for_each(|it| list.push(it));
        let copy = list.clone();
        *list.at_mut(1_024) = 7;
        *list.at_mut(n - 1) = 8;
        list.push(9);
        assert_eq!((list.len(), copy.len()), (n as usize + 1, n as usize));
        assert_eq!((list[1_024], list[n - 1], list[n]), (7, 8, 9));
        assert!(copy.iter().copied().eq(0..n));
        assert_eq!((list.get(n + 1), copy.get(n), copy.get(0)), (None, None, Some(&0)));
        assert_eq!(copy.pieces().map(<[u32]>::len).collect::<Vec<_>>(), [1_024, 1_024, 3]);
        assert!(Pieces::<u32>::default().is_empty() && !copy.is_empty());
    }
}
