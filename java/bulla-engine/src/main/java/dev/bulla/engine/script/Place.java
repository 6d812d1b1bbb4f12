package dev.bulla.engine.script;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where a script runs, as far as that never changes while it may run there: what its envelopes are
 * bound to when it states no context.
 *
 * @param kind what the instance is called in the context: {@code processInstance} or {@code
 *     caseInstance}
 * @param id the instance's id
 * @param tenant the instance's tenant, or null
 */
public record Place(String kind, String id, String tenant) {

  public Place {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(id, "id");
  }

  /**
   * The context of a portable envelope that was sealed here, a JSON object.
   *
   * @param installation the name that all nodes of the installation share
   */
  public String context(String installation) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("installation", installation);
    members.put(kind, id);
    if (tenant != null) {
      members.put("tenant", tenant);
    }
    return JsonText.of(members);
  }
}
