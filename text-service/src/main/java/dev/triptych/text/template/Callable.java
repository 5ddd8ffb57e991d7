package dev.triptych.text.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A function, method or macro. */
@FunctionalInterface
interface Callable {

    /** @param named arguments given by name */
    @Nullable
    Object call(List<@Nullable Object> arguments, Map<String, @Nullable Object> named);
}
