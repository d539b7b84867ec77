//! A plant's signals as a table: columns of its rows, their number and what each is, from one line a signal.

/// Makes an enumeration of columns, their number and a function that gives the signals, in this order. A line is
/// `Variant: Entity, Carrier, name, label, unit, description`, then methods of [`Signal`](crate::signal::Signal); entities
/// are those of the `Ent` of the module that calls it.
macro_rules! signal_table {
    (
        $(#[$of_columns:meta])* enum $col:ident;
        $(#[$of_count:meta])* const $count:ident;
        $(#[$of_signals:meta])* $seen:vis fn $signals:ident;
        $($variant:ident : $entity:ident, $carrier:ident, $name:literal, $label:literal, $unit:literal, $doc:literal
            $(, $method:ident($($argument:expr),*))* ;)*
    ) => {
        $(#[$of_columns])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(usize)]
        pub enum $col {
            $(#[doc = $doc] $variant),*
        }

        $(#[$of_count])*
        pub const $count: usize = [$($col::$variant),*].len();

        $(#[$of_signals])*
        $seen fn $signals() -> Vec<$crate::signal::Signal> {
            vec![$(
                $crate::signal::Signal::new($name, Ent::$entity as usize, $label, $unit, $doc)
                    .carrier($crate::signal::Carrier::$carrier)
                    $(.$method($($argument),*))*
            ),*]
        }
    };
}

pub(super) use signal_table;
