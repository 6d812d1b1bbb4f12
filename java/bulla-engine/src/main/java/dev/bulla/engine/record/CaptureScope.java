package dev.bulla.engine.record;

/** Finds the capture of the command that runs in this thread; the engine's plugin knows it. */
public interface CaptureScope {

  /** The capture, or null when no command of this engine runs in this thread. */
  Capture current();
}
