from downtick.profiles.problems import MOST_PROBLEMS, Mark, Problems, did_you_mean, one_of, shown


def test_problems_stand_in_the_order_of_the_file() -> None:
    """Problems are told by line and column, however they were found."""
    problems = Problems("f.yaml")
    problems.add(Mark(3, 1), "third")
    problems.add(Mark(1, 9), "second")
    problems.add(Mark(1, 2), "first")
    assert problems.lines() == ("f.yaml:1:2: first", "f.yaml:1:9: second", "f.yaml:3:1: third")


def test_one_problem_is_told_once() -> None:
    """The same problem found twice is one line."""
    problems = Problems("f.yaml")
    problems.add(Mark(1, 1), "once")
    problems.add(Mark(1, 1), "once")
    assert problems.lines() == ("f.yaml:1:1: once",)


def test_a_flood_of_problems_is_cut_and_counted() -> None:
    """A file that is something else than a profile does not fill the screen."""
    problems = Problems("f.yaml")
    for line in range(1, MOST_PROBLEMS + 8):
        problems.add(Mark(line, 1), "wrong")
    lines = problems.lines()
    assert len(lines) == MOST_PROBLEMS + 1
    assert lines[-1] == "f.yaml: and 7 more problems"


def test_a_near_word_is_suggested() -> None:
    """A misspelt word gets the nearest allowed one, a strange word gets none."""
    assert did_you_mean("latencyy", ["latency", "jitter"]) == "; did you mean `latency`?"
    assert did_you_mean("xyz", ["latency", "jitter"]) == ""


def test_allowed_words_are_listed() -> None:
    """No allowed word at all is said in words."""
    assert one_of(["a", "b"]) == "`a`, `b`"
    assert one_of([]) == "nothing"


def test_values_are_shown_short_and_printable() -> None:
    """A value in a message is one short line, whatever it holds."""
    assert shown(None) == "nothing"
    assert shown(True) == "`true`"
    assert shown("a\x1b[2J") == r"`'a\x1b[2J'`"
    assert len(shown("x" * 5000)) < 70
