package dev.bulla.audit;

import java.io.Console;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar on standard error.
 *
 * <p>There is one for all parts: of bars that come and go quickly, some stay on the terminal.
 */
final class TerminalProgress implements Progress, AutoCloseable {
  private static final int REDRAWN_EVERY_MILLIS = 200;
  private static final int CONSOLE_WITHOUT_TERMINAL = 22;
  private ProgressBar bar;

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
    if (total == 0) {
      return; // The bar of nothing is shorter, and would leave the end of the one before standing.
    }
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("Audit")
              .setInitialMax(total)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(REDRAWN_EVERY_MILLIS)
              .clearDisplayOnFinish()
              .build();
    } else {
      bar.reset();
      bar.maxHint(total);
    }
    bar.setExtraMessage(" " + what);
  }

  @Override
  public void advance(long count) {
    if (bar != null) {
      bar.stepBy(count);
    }
  }

  @Override
  public void end() {}

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
