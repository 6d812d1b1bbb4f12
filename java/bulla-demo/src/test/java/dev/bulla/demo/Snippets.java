package dev.bulla.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The fenced code of a document. */
record Snippets(String document) {
  private static final Pattern FENCE =
      Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  static Snippets of(Path document) throws IOException {
    return new Snippets(Files.readString(document));
  }

  /** The snippets in a language, in their order. */
  List<String> in(String language) {
    return FENCE
        .matcher(document)
        .results()
        .filter(fence -> fence.group(1).equals(language))
        .map((MatchResult fence) -> fence.group(2))
        .toList();
  }

  /** The one snippet in a language that contains a text. */
  String in(String language, String text) {
    List<String> all = in(language).stream().filter(each -> each.contains(text)).toList();
    if (all.size() != 1) {
      throw new IllegalStateException(
          "%d snippets in %s contain %s".formatted(all.size(), language, text));
    }
    return all.get(0);
  }
}
