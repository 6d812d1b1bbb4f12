package dev.bulla.audit;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on standard error. */
final class TerminalProgress implements Progress {
  private static final int REDRAWN_EVERY_MILLIS = 200;
  private ProgressBar bar;

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
