package dev.bulla.audit;

import java.io.Console;
import java.io.PrintStream;

/**
 * A progress bar on standard error, in one line that is drawn over and gone at the end.
 *
 * <p>It is drawn by the thread that works, so that nothing is drawn behind what comes next.
 */
final class TerminalProgress implements Progress, AutoCloseable {
  private static final int CONSOLE_WITHOUT_TERMINAL = 22;
  private static final long REDRAWN_EVERY_NANOS = 100_000_000;
  private static final int WIDTH = 30;

  /** To the line's beginning, and erases it. */
  private static final String OVER = "\r\u001b[K";

  private final PrintStream out = System.err;
  private final String title;
  private String part;
  private long total;
  private long done;
  private long drawn;

  /**
   * A bar.
   *
   * @param title what is going on
   */
  TerminalProgress(String title) {
    this.title = title;
  }

  /** Whether somebody is there to look at it. */
  @SuppressWarnings("SystemConsoleNull") // asked further below, where the JDK is new enough
  static boolean hasTerminal() {
    Console console = System.console();
    if (console == null || Runtime.version().feature() < CONSOLE_WITHOUT_TERMINAL) {
      return console != null;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  @Override
  public boolean wantsTotals() {
    return true;
  }

  @Override
  public void begin(String what, long total) {
    this.part = what;
    this.total = total;
    this.done = 0;
    draw();
  }

  @Override
  public void advance(long count) {
    done += count;
    if (System.nanoTime() - drawn > REDRAWN_EVERY_NANOS) {
      draw();
    }
  }

  @Override
  public void end() {}

  @Override
  public void close() {
    if (part != null) {
      out.print(OVER);
      out.flush();
    }
  }

  private void draw() {
    drawn = System.nanoTime();
    out.print(OVER + line(title, part, done, total));
    out.flush();
  }

  /** The bar, as far as it is known how long it is. */
  static String line(String title, String part, long done, long total) {
    if (total <= 0) {
      return title + ": " + part;
    }
    // More rows can be there than were counted.
    int percent = (int) Math.min(100, 100 * done / total);
    String bar = "=".repeat(WIDTH * percent / 100);
    return "%s [%-30s] %3d%%  %s".formatted(title, bar, percent, part);
  }
}
