package dev.bulla;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be had. The JDK says it by the class of some exceptions alone. */
final class Reason {
  private Reason() {}

  /** The reason, with the file's name unless {@code said} has it. */
  static String beside(String said, IOException e) {
    boolean isNamed =
        !(e instanceof FileSystemException of)
            || of.getFile() == null
            || said.contains(of.getFile());
    return isNamed ? of(e) : ((FileSystemException) e).getFile() + ": " + of(e);
  }

  static String of(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    } else if (e instanceof AccessDeniedException) {
      return "permission denied";
    } else if (e instanceof FileAlreadyExistsException) {
      return "a file is in its place";
    } else if (e instanceof FileSystemException of && of.getReason() != null) {
      return of.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
