//! A panic of a panel or of the graphics stack becomes a message: the run and its log live on.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does `work`; what it says when it panics is returned as text.
///
/// The caller must not go on using what `work` had in its hands, but for dropping it or setting it anew.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> std::result::Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| words(&*payload))
}

fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.and_then(|t| t.lines().next()).unwrap_or("no reason given").to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    #[test]
    fn a_panic_becomes_its_words_and_a_result_stays() {
        assert_eq!(guarded(|| 7), Ok(7));
        let value = 3;
        assert_eq!(
            guarded(|| -> u8 { panic!("lever {value} is gone\nsecond line") }),
            Err("lever 3 is gone".to_owned())
        );
        assert_eq!(guarded(|| -> u8 { panic!("plain") }), Err("plain".to_owned()));
    }
}
