package dev.bulla.audit;

import java.io.Console;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on standard error. */
final class TerminalProgress implements Progress {
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
    bar =
        new ProgressBarBuilder()
            .setTaskName(what)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REDRAWN_EVERY_MILLIS)
            .clearDisplayOnFinish()
            .build();
  }

  @Override
  public void advance(long count) {
    bar.stepBy(count);
  }

  @Override
  public void end() {
    bar.close();
  }
}
