"""What the jars under dist/ hold, and whether the runnable one runs. `make dist` makes them."""

import pathlib
import subprocess
import unittest
import zipfile

JARS = pathlib.Path(__file__).parents[2] / "dist" / "java"


def entries(jar):
    with zipfile.ZipFile(JARS / jar) as archive:
        return [name for name in archive.namelist() if not name.endswith("/")]


def foreign_classes(jar):
    return [
        name
        for name in entries(jar)
        if name.endswith(".class") and not name.startswith("dev/bulla/")
    ]


class BullaJar(unittest.TestCase):
    def test_it_has_no_class_of_anyone_else(self):
        self.assertEqual([], foreign_classes("bulla.jar"))

    def test_it_carries_the_native_library(self):
        self.assertTrue(
            any(name.startswith("dev/bulla/native/") for name in entries("bulla.jar"))
        )


class CamundaJar(unittest.TestCase):
    def test_a_dependency_of_ours_cannot_meet_the_one_of_an_engine(self):
        self.assertEqual([], foreign_classes("bulla-camunda.jar"))

    def test_it_has_everything_that_an_engine_needs(self):
        present = entries("bulla-camunda.jar")
        for needed in (
            "dev/bulla/Bulla.class",
            "dev/bulla/camunda/BullaPlugin.class",
        ):
            self.assertIn(needed, present)
        for package in ("dev/bulla/native/", "dev/bulla/engine/"):
            self.assertTrue(any(name.startswith(package) for name in present), package)

    def test_it_leaves_logging_and_the_engine_to_the_engine(self):
        for name in entries("bulla-camunda.jar"):
            self.assertFalse(name.startswith(("org/slf4j/", "org/camunda/")), name)


class AuditJar(unittest.TestCase):
    def run_jar(self, *arguments):
        return subprocess.run(
            ["java", "-jar", str(JARS / "bulla-audit.jar"), *arguments],
            capture_output=True,
            text=True,
            timeout=120,
        )

    def test_it_says_what_it_can_do(self):
        said = self.run_jar("--help")
        self.assertEqual(0, said.returncode, said.stderr)
        for option in ("--jdbc-url", "--anchors", "--keys", "--policy", "--report", "--json"):
            self.assertIn(option, said.stdout)

    def test_wrong_use_ends_with_two_and_says_why(self):
        said = self.run_jar("--no-such-option")
        self.assertEqual(2, said.returncode)
        self.assertIn("--no-such-option", said.stderr)

    def test_it_brings_its_database_drivers(self):
        with zipfile.ZipFile(JARS / "bulla-audit.jar") as archive:
            drivers = archive.read("META-INF/services/java.sql.Driver").decode().split()
        self.assertIn("org.h2.Driver", drivers)
        self.assertIn("org.postgresql.Driver", drivers)


if __name__ == "__main__":
    unittest.main()
