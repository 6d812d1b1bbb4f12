//! Writes the command's manual pages and shell completions, in the layout of a system's `share`
//! directory: `cargo run -p bulla-cli --example manual -- DIR`.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use clap::Command;
use clap_complete::{Shell, generate_to};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

fn main() -> io::Result<()> {
    let Some(share) = env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "name the directory to write into"));
    };
    let mut grammar = bulla_cli::grammar().disable_help_subcommand(true);
    grammar.build();
    let pages = made(share.join("man/man1"))?;
    write_page(&grammar, &pages)?;
    for command in grammar.get_subcommands() {
        write_page(command, &pages)?;
    }
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

/// Writes a page: what the grammar says, and the text below the options as sections of its own.
fn write_page(command: &Command, directory: &Path) -> io::Result<()> {
    let version = concat!("bulla ", env!("CARGO_PKG_VERSION"));
    let page = Man::new(command.clone()).source(version).manual("Bulla");
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let sections = Sections::of(&text);
    let mut out = fs::File::create(directory.join(page.get_filename()))?;
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    sections.description.to_writer(&mut out)?;
    page.render_options_section(&mut out)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut out)?;
    }
    sections.exit_status.to_writer(&mut out)?;
    sections.examples.to_writer(&mut out)?;
    if !command.has_subcommands() {
        let mut others = Roff::new();
        others.control("SH", ["SEE ALSO"]).text([bold("bulla"), roman("(1)")]);
        others.to_writer(&mut out)?;
    }
    Ok(())
}

/// What stands below the options of `--help`, taken apart.
#[derive(Default)]
struct Sections {
    description: Roff,
    exit_status: Roff,
    examples: Roff,
}

impl Sections {
    fn of(text: &str) -> Self {
        let mut sections = Self::default();
        for block in text.split("\n\n").filter(|block| !block.is_empty()) {
            if let Some(examples) = block.strip_prefix("Examples:\n") {
                sections.examples.control("SH", ["EXAMPLES"]);
                paragraph(&mut sections.examples, examples);
            } else if let Some(codes) = block.strip_prefix("Exit codes:\n") {
                sections.exit_status.control("SH", ["EXIT STATUS"]);
                exit_status(&mut sections.exit_status, codes);
            } else {
                sections.description.control("PP", []);
                paragraph(&mut sections.description, block);
            }
        }
        sections
    }
}

/// A paragraph, in which indented lines stand as they are typed.
fn paragraph(out: &mut Roff, text: &str) {
    for lines in text.split('\n').collect::<Vec<_>>().chunk_by(|one, next| is_typed(one) == is_typed(next)) {
        if is_typed(lines[0]) {
            out.control("EX", []);
            for line in lines {
                out.text([roman(*line)]);
            }
            out.control("EE", []);
        } else {
            out.text([roman(lines.join("\n"))]);
        }
    }
}

fn is_typed(line: &str) -> bool {
    line.starts_with("  ")
}

/// Codes with their meanings, two spaces between, and what is to be said of all.
fn exit_status(out: &mut Roff, codes: &str) {
    for line in codes.lines() {
        match line.trim_start().split_once("  ") {
            Some((code, meaning)) if is_typed(line) => {
                out.control("TP", []).text([bold(code)]).text([roman(meaning)]);
            }
            _ => {
                out.control("PP", []).text([roman(line)]);
            }
        }
    }
}
