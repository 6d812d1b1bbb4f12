package dev.bulla.engine.seal;

/** What the engine itself writes of errors and comments. */
final class MessageText {

  private static final char REPLACEMENT = '\ufffd';

  private MessageText() {}

  /**
   * The text with a replacement character for each half of a surrogate pair, which has no UTF-8
   * form: the engine cuts messages to a number of characters, and so, at times, through a pair. If
   * a failed job's message could not be written, its retries would never be counted.
   */
  static String whole(String text) {
    StringBuilder whole = null;
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isSurrogate(text.charAt(i))) {
        continue;
      }
      if (i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
        i++;
        continue;
      }
      if (whole == null) {
        whole = new StringBuilder(text);
      }
      whole.setCharAt(i, REPLACEMENT);
    }
    return whole == null ? text : whole.toString();
  }
}
