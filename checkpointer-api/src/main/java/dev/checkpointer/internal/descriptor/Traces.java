package dev.checkpointer.internal.descriptor;

import java.util.List;
import java.util.Map;

/** Where descriptors were opened, as lines for a refusal. */
record Traces(Map<Integer, Opens.Open> opens, boolean wanted) {
    static final Traces NONE = new Traces(Map.of(), false);

    static final String NEEDS_AGENT =
            "checkpointer.descriptors.trace needs the agent, from the start (-javaagent:checkpointer-agent.jar)";

    List<String> of(int number) {
        if (!wanted) {
            return List.of();
        }
        if (!Opens.areTracked()) {
            return List.of("where it was opened is not known: " + NEEDS_AGENT);
        }
        var open = opens.get(number);
        return open == null || open.trace().isEmpty()
                ? List.of("where it was opened is not known: before the agent came, or by native code")
                : open.trace().get();
    }
}
