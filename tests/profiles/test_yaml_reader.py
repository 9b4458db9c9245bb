import pytest

from downtick.profiles.problems import Mark, Problems
from downtick.profiles.yaml_reader import DEEPEST, MOST_CHARACTERS, Node, read


def plain(node: Node) -> object:
    """Return a tree as plain Python values."""
    if isinstance(node.value, dict):
        return {key: plain(entry.node) for key, entry in node.value.items()}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return node.value


def value_of(text: str) -> object:
    """Return what a good text holds."""
    problems = Problems("f")
    node = read(text, problems)
    assert problems.lines() == ()
    assert node is not None
    return plain(node)


def problem_of(text: str) -> str:
    """Return the one problem of a bad text."""
    problems = Problems("f")
    read(text, problems)
    (line,) = problems.lines()
    return line


def test_values_know_where_they_stand() -> None:
    """Keys and values carry their line and column, counted from 1."""
    node = read("a: 1\nb:\n  - x: yes\n", Problems("f"))
    assert node is not None
    assert isinstance(node.value, dict)
    assert node.value["a"].mark == Mark(1, 1)
    assert node.value["a"].node.mark == Mark(1, 4)
    items = node.value["b"].node.value
    assert isinstance(items, list)
    assert items[0].mark == Mark(3, 5)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("-3", -3),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("~", None),
        ("'10'", "10"),
        ('"true"', "true"),
        # YAML 1.1 would read these as a boolean, a number in base 60, a date and an octal number.
        ("on", "on"),
        ("1:30", "1:30"),
        ("2024-05-14", "2024-05-14"),
        ("010", 10),
        # Too large to be meant, or no number at all.
        ("1e999", "1e999"),
        (".inf", ".inf"),
        ("9" * 50, "9" * 50),
    ],
)
def test_plain_words_follow_the_core_schema(text: str, value: object) -> None:
    """Scalars are read as editors read them, by YAML 1.2."""
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n"])
def test_nothing_is_no_value(text: str) -> None:
    """A text without content has no tree and no problem."""
    problems = Problems("f")
    assert read(text, problems) is None
    assert not problems


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a:\n\tb: 1\n", "f:2:1: a tab"),
        ("a:\t1", "f:1:3: a tab"),
        ("a: [1,", "f:1:7: not YAML"),
        ("a: b: c", "f:1:5: not YAML: mapping values are not allowed here"),
        ("a: 'b", "f:1:6: not YAML"),
        ("a: 1\nb: \x00", "f:2:4: not YAML: the character U+0000"),
        ('a: "\\UFFFFFFFF"', "f:1:1: not YAML: an escape"),
        (f"%YAML {'9' * 5000}\n---\na: 1", "f:1:1: not YAML"),
        ('"\\ud800"', "f:1:1: an escape that is half a character"),
        ("a: &x 1", "f:1:4: `&x`: anchors are not allowed"),
        ("a: *x", "f:1:4: `*x`: aliases are not allowed"),
        (
            "a: !!python/object:os.system 1",
            "f:1:4: `tag:yaml.org,2002:python/object:os.system`: tags",
        ),
        ("a: 1\n---\nb: 2\n", "f:2:1: a second document"),
        ("? [a, b]\n: 1\n", "f:1:3: a list or mapping as a key"),
        ('"\\e[2J": 1\n"\\e[2J": 1\n', r"f:2:1: `'\x1b[2J'`: given twice"),
        ("a: 1\nb: 2\na: 3\n", "f:3:1: a: given twice; the first is in line 1"),
    ],
)
def test_what_is_refused_is_told_with_its_place(text: str, told: str) -> None:
    """Each thing that a profile must not hold gets a sentence and a position."""
    assert problem_of(text).startswith(told)


def test_a_billion_laughs_end_at_the_first_anchor() -> None:
    """A text that would grow without bound is refused before anything is expanded."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert problem_of("\n".join(lines)).startswith("f:1:5: `&a0`: anchors are not allowed")


def test_the_size_is_looked_at_first() -> None:
    """A text that is too large is not parsed at all, be it YAML or not."""
    assert "the file is too large" in problem_of("[" * (MOST_CHARACTERS + 1))


@pytest.mark.parametrize("text", ["[" * 3_000, "{a: " * 3_000, "- " * 3_000, "? " * 3_000])
def test_deep_nesting_is_refused_and_not_followed(text: str) -> None:
    """Depth is bounded before Python's stack is."""
    assert f"nested deeper than {DEEPEST} levels" in problem_of(text) or "as a key" in problem_of(
        text
    )


def test_a_flood_of_values_is_refused() -> None:
    """The number of values is bounded, so that a small file cannot take long."""
    assert "more than 10,000 values" in problem_of("[" + "a," * 30_000 + "]")


def test_every_doubled_key_is_told() -> None:
    """Doubled keys do not end the reading."""
    problems = Problems("f")
    read("a: 1\na: 2\nb: {c: 1, c: 2}\n", problems)
    assert [line.split(" given")[0] for line in problems.lines()] == ["f:2:1: a:", "f:3:11: c:"]
