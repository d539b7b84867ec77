//! The program: hands the arguments to [`c2g_twin::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    c2g_twin::cli::main(std::env::args_os())
}
