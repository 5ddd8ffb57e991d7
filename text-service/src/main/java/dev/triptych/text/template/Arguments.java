package dev.triptych.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the brackets of a call.
 *
 * @param inOrder arguments by place
 * @param named arguments by name
 */
record Arguments(List<Expression> inOrder, Map<String, Expression> named) {

    static final Arguments NONE = new Arguments(List.of(), Map.of());

    @Nullable
    Object apply(@Nullable Object function, Scope scope) {
        if (function instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (!(function instanceof Callable callable)) {
            throw new TemplateException(Values.kind(function) + " cannot be called");
        }
        return callable.call(evaluated(scope), evaluatedByName(scope));
    }

    List<@Nullable Object> evaluated(Scope scope) {
        List<@Nullable Object> values = new ArrayList<>(inOrder.size());
        inOrder.forEach(argument -> values.add(argument.evaluate(scope)));
        return values;
    }

    Map<String, @Nullable Object> evaluatedByName(Scope scope) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        named.forEach((name, argument) -> values.put(name, argument.evaluate(scope)));
        return values;
    }
}
