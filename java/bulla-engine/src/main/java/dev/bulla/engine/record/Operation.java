package dev.bulla.engine.record;

/** What was done to a row, by the letter that stands in the record. */
enum Operation {
  INSERT('I'),
  UPDATE('U'),
  DELETE('D'),
  PREDICATE('P'),
  NOT_UNDERSTOOD('X');

  private final char letter;

  Operation(char letter) {
    this.letter = letter;
  }

  char letter() {
    return letter;
  }
}
