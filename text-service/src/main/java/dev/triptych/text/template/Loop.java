package dev.triptych.text.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code for}.
 *
 * @param names what each element is called, or its parts
 * @param source what it goes over
 * @param condition which elements count
 * @param body run for each
 * @param otherwise run where there is none
 */
record Loop(List<String> names, Expression source, Expression condition, Statement body, Statement otherwise)
        implements Statement {

    @Override
    public Flow run(Scope scope, StringBuilder out) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (Object element : Values.list(source.evaluate(scope))) {
            Scope inner = new Scope(scope);
            StatementParser.assign(inner, names, element);
            if (Values.truth(condition.evaluate(inner))) {
                elements.add(element);
            }
        }
        if (elements.isEmpty()) {
            return otherwise.run(scope, out);
        }
        for (int i = 0; i < elements.size(); i++) {
            Scope inner = new Scope(scope);
            StatementParser.assign(inner, names, elements.get(i));
            inner.set("loop", place(elements, i));
            if (body.run(inner, out) == Flow.BREAK) {
                break;
            }
        }
        return Flow.NEXT;
    }

    private static Map<String, @Nullable Object> place(List<@Nullable Object> elements, int index) {
        int size = elements.size();
        Map<String, @Nullable Object> loop = new HashMap<>();
        loop.put("index", index + 1L);
        loop.put("index0", (long) index);
        loop.put("revindex", (long) size - index);
        loop.put("revindex0", (long) size - index - 1);
        loop.put("first", index == 0);
        loop.put("last", index == size - 1);
        loop.put("length", (long) size);
        loop.put("previtem", index > 0 ? elements.get(index - 1) : new Undefined("previtem"));
        loop.put("nextitem", index < size - 1 ? elements.get(index + 1) : new Undefined("nextitem"));
        loop.put("cycle", (Callable) (arguments, named) -> arguments.get(index % arguments.size()));
        return loop;
    }
}
