package dev.triptych.local.client;

import dev.triptych.wire.ItemError;
import java.util.List;

/** What became of one line. */
public sealed interface LineOutcome {

    int line();

    /** @param warnings what the service noticed, such as {@code truncated} */
    record Translated(int line, String text, List<String> warnings) implements LineOutcome {}

    record Failed(int line, ItemError error) implements LineOutcome {}
}
