//! Writes the command's manual pages and shell completions, in the layout of a system's `share`
//! directory: `cargo run -p bulla-cli --example manual -- DIR`.

use std::path::PathBuf;
use std::{env, fs, io};

use clap_complete::{Shell, generate_to};

fn main() -> io::Result<()> {
    let Some(share) = env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "name the directory to write into"));
    };
    let pages = made(share.join("man/man1"))?;
    clap_mangen::generate_to(bulla_cli::grammar(), pages)?;
    for (shell, directory) in [
        (Shell::Bash, "bash-completion/completions"),
        (Shell::Zsh, "zsh/site-functions"),
        (Shell::Fish, "fish/vendor_completions.d"),
    ] {
        let file = generate_to(shell, &mut bulla_cli::grammar(), "bulla", made(share.join(directory))?)?;
        if shell == Shell::Bash {
            // Where bash looks for it by itself.
            fs::rename(&file, file.with_file_name("bulla"))?;
        }
    }
    Ok(())
}

fn made(directory: PathBuf) -> io::Result<PathBuf> {
    fs::create_dir_all(&directory)?;
    Ok(directory)
}
