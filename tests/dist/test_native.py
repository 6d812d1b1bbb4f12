"""Whether what `make install` copies from dist/ can be used, and holds no more than it should."""

import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).parents[2]
DIST = ROOT / "dist"
PROGRAM = pathlib.Path(__file__).with_name("order.c")
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
MOST = 4_000_000


def output(*command, **environment):
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        env=os.environ | {name: str(value) for name, value in environment.items()},
    )
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def make(goal, **variables):
    output("make", "-C", ROOT, goal, *(f"{name}={value}" for name, value in variables.items()))


def files(directory):
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if not path.is_dir()}


class Installed(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def pkg_config(self, lib, *options):
        found = output("pkg-config", *options, "bulla", PKG_CONFIG_PATH=lib / "pkgconfig")
        return shlex.split(found)

    def compile(self, *flags):
        program = self.root / "order"
        output("cc", *STRICT, PROGRAM, "-o", program, *flags)
        return program

    def test_a_program_is_linked_with_the_shared_library(self):
        make("install", PREFIX="/opt/bulla", DESTDIR=self.root)
        lib = self.root / "opt/bulla/lib"
        program = self.compile(*self.pkg_config(lib, "--cflags", "--libs"))
        self.assertIn("libbulla.so.0", output("readelf", "-d", program))
        said = output(program, LD_LIBRARY_PATH=lib)
        version = self.pkg_config(lib, "--modversion")[0]
        self.assertEqual(f"{version} 2,500\nCONTEXT_MISMATCH\n", said)

    def test_a_program_is_linked_with_the_static_library(self):
        make("install", PREFIX=self.root / "only")
        lib = self.root / "only/lib"
        for shared in lib.glob("libbulla.so*"):
            shared.unlink()
        program = self.compile(*self.pkg_config(lib, "--static", "--cflags", "--libs"))
        self.assertNotIn("libbulla", output("readelf", "-d", program))
        self.assertIn("2,500", output(program))

    def test_a_program_is_linked_with_nothing_but_static_libraries(self):
        make("install", PREFIX=self.root / "all")
        lib = self.root / "all/lib"
        program = self.compile("-static", *self.pkg_config(lib, "--static", "--cflags", "--libs"))
        self.assertNotIn("NEEDED", output("readelf", "-d", program))
        self.assertIn("2,500", output(program))

    def test_an_installed_tree_may_be_moved(self):
        prefix = self.root / "the first"
        make("install", PREFIX=prefix, LIBDIR=f"{prefix}/lib/x86_64-linux-gnu")
        moved = prefix.rename(self.root / "the second")
        lib = moved / "lib/x86_64-linux-gnu"
        program = self.compile(*self.pkg_config(lib, "--cflags", "--libs"))
        self.assertIn("2,500", output(program, LD_LIBRARY_PATH=lib))

    def test_everything_is_installed_but_the_jars_and_can_be_removed_again(self):
        make("install", PREFIX=self.root)
        expected = {name for name in files(DIST) if not name.startswith("java/")}
        self.assertEqual(expected, files(self.root))
        make("uninstall", PREFIX=self.root)
        self.assertEqual(set(), files(self.root))

    def test_the_command_is_installed_with_its_manual_and_completions(self):
        make("install", PREFIX=self.root)
        self.assertIn("canonicalize", output(self.root / "bin/bulla", "--help"))
        for file in (
            "man/man1/bulla.1",
            "bash-completion/completions/bulla",
            "zsh/site-functions/_bulla",
            "fish/vendor_completions.d/bulla.fish",
        ):
            self.assertIn("canonicalize", (self.root / "share" / file).read_text(encoding="utf-8"))

    def test_a_page_of_the_manual_has_the_usual_sections_and_shows_examples_as_they_are_typed(self):
        make("install", PREFIX=self.root)
        pages = sorted((self.root / "share/man/man1").glob("bulla-*.1"))
        self.assertEqual(10, len(pages))
        usual = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]
        for page in pages:
            text = page.read_text(encoding="utf-8")
            self.assertEqual(usual, re.findall(r'^\.SH "?([A-Z ]+)"?$', text, re.MULTILINE), page.name)
            examples = text.split("EXAMPLES")[1]
            self.assertRegex(examples, rf"\A\"?\n\.EX\n(  bulla {page.stem[6:]} .*\n)+\.EE\n")


class Libraries(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        with zipfile.ZipFile(DIST / "java/bulla.jar") as jar:
            inside = next(name for name in jar.namelist() if name.endswith(".so"))
            jni = jar.extract(inside, directory.name)
        self.shared = [DIST / "lib/libbulla.so", pathlib.Path(jni)]

    def test_each_has_at_most_four_megabytes(self):
        for library in self.shared:
            self.assertLessEqual(library.stat().st_size, MOST, library.name)

    def test_nothing_is_left_to_strip(self):
        for library in self.shared:
            self.assertNotIn(".symtab", output("readelf", "-S", library))

    def test_just_the_functions_of_the_header_are_exported(self):
        listed = output("nm", "-D", "--defined-only", DIST / "lib/libbulla.so")
        exported = {line.split()[2] for line in listed.splitlines()}
        header = (DIST / "include/bulla.h").read_text(encoding="utf-8")
        self.assertEqual(set(re.findall(r"\b(bulla_\w+)\(", header)), exported)

    def test_the_shared_library_needs_no_more_than_the_system_has(self):
        needed = re.findall(r"NEEDED.*\[(.*)\]", output("readelf", "-d", DIST / "lib/libbulla.so"))
        for library in needed:
            self.assertRegex(library, r"^(libc|libm|libgcc_s|ld-linux[-\w]*)\.so")

    def test_none_tells_where_it_was_built(self):
        places = {str(ROOT), str(pathlib.Path.home()), os.environ.get("CARGO_HOME")}
        for binary in [*self.shared, DIST / "lib/libbulla.a", DIST / "bin/bulla"]:
            content = binary.read_bytes()
            for place in filter(None, places):
                self.assertFalse(f"{place}/".encode() in content, f"{binary.name} names {place}")


if __name__ == "__main__":
    unittest.main()
