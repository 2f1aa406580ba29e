//! What was made last, by what was asked for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kipos_plugin_api::Result;

/// So many values are kept.
const KEPT: usize = 8;

/// A value that is made once; who asks for it meanwhile waits for it.
type Slot<T> = Arc<OnceLock<Result<Arc<T>>>>;

/// What was asked for last; the newest last.
pub struct Cache<K, T>(Mutex<VecDeque<(K, Slot<T>)>>);

impl<K, T> Default for Cache<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq, T> Cache<K, T> {
    /// What is kept for `key`, made by `make` if there is none yet. Others may ask for other keys meanwhile.
    ///
    /// # Errors
    /// Those of `make`; nothing is kept then.
    pub fn get(&self, key: &K, make: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
        let slot = self.slot(key);
        let made = slot.get_or_init(|| make().map(Arc::new)).clone();
        if made.is_err() {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.retain(|(_, other)| !Arc::ptr_eq(other, &slot));
        }
        made
    }

    fn slot(&self, key: &K) -> Slot<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().position(|(other, _)| other == key).and_then(|at| kept.remove(at));
        let (key, slot) = found.unwrap_or_else(|| (key.clone(), Slot::default()));
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((key, Arc::clone(&slot)));
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kipos_plugin_api::PluginError;
    use std::sync::mpsc::channel;

    #[test]
    fn a_value_is_made_once_until_eight_others_were_asked_for() {
        let cache = Cache::default();
        let get = |key: usize, value: usize| *cache.get(&key, || Ok(value)).unwrap();
        assert_eq!((get(0, 1), get(0, 2)), (1, 1));
        (1..8).for_each(|key| assert_eq!(get(key, key), key));
        assert_eq!(get(0, 3), 1);
        (1..9).for_each(|key| assert_eq!(get(key, key), key));
        assert_eq!(get(0, 4), 4);
    }

    #[test]
    fn what_failed_is_tried_again() {
        let cache = Cache::default();
        let failed = cache.get(&"a", || Err(PluginError::runtime("no"))).unwrap_err();
        assert_eq!(failed.message, "no");
        assert_eq!(*cache.get(&"a", || Ok(1)).unwrap(), 1);
    }

    /// Each of two threads makes a value and waits for the other to be at it too.
    #[test]
    fn different_values_are_made_at_the_same_time() {
        let cache = Cache::default();
        let (to_b, from_a) = channel();
        let (to_a, from_b) = channel();
        std::thread::scope(|scope| {
            let meet = |key: &'static str, to: std::sync::mpsc::Sender<()>, from: std::sync::mpsc::Receiver<()>| {
                let cache = &cache;
                scope.spawn(move || {
                    cache.get(&key, || {
                        to.send(()).unwrap();
                        from.recv().unwrap();
                        Ok(())
                    })
                })
            };
            let (a, b) = (meet("a", to_b, from_b), meet("b", to_a, from_a));
            assert!(a.join().unwrap().is_ok() && b.join().unwrap().is_ok());
        });
    }
}
