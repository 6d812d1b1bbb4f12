package dev.bulla.audit;

/** Is told how an audit proceeds. */
public interface Progress {
  /** Says nothing to anybody. */
  Progress SILENT =
      new Progress() {
        @Override
        public boolean wantsTotals() {
          return false;
        }

        @Override
        public void begin(String what, long total) {}

        @Override
        public void advance(long count) {}

        @Override
        public void end() {}
      };

  /** Whether to count rows beforehand, which costs time of its own. */
  boolean wantsTotals();

  /**
   * A part begins.
   *
   * @param what what is read, or done
   * @param total how much there is, or -1 if that is not known
   */
  void begin(String what, long total);

  /** So much more of the part was done. */
  void advance(long count);

  /** The part ended. */
  void end();
}
