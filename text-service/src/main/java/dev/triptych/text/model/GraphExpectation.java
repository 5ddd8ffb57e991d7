package dev.triptych.text.model;

import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.TensorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What one graph should take and give. */
final class GraphExpectation {

    private static final long ANY = TensorSpec.DYNAMIC;

    private final String graph;
    private final Map<String, TensorSpec> inputs = new LinkedHashMap<>();
    private final Map<String, TensorSpec> optional = new LinkedHashMap<>();
    private final Map<String, TensorSpec> outputs = new LinkedHashMap<>();

    GraphExpectation(String graph) {
        this.graph = graph;
    }

    GraphExpectation input(String name, TensorSpec spec) {
        inputs.put(name, spec);
        return this;
    }

    /** An input that only some exports have. */
    GraphExpectation optionalInput(String name, TensorSpec spec) {
        optional.put(name, spec);
        return this;
    }

    GraphExpectation output(String name, TensorSpec spec) {
        outputs.put(name, spec);
        return this;
    }

    /** What does not fit, in words; empty when all does. */
    List<String> problems(ModelSignature signature) {
        List<String> problems = new ArrayList<>();
        compare("input", inputs, signature.inputs(), problems);
        Map<String, TensorSpec> given = new LinkedHashMap<>(optional);
        given.keySet().retainAll(signature.inputs().keySet());
        compare("input", given, signature.inputs(), problems);
        compare("output", outputs, signature.outputs(), problems);
        Set<String> unknown = new TreeSet<>(signature.inputs().keySet());
        unknown.removeAll(inputs.keySet());
        unknown.removeAll(optional.keySet());
        if (!unknown.isEmpty()) {
            problems.add(graph + " asks for inputs that this layout does not have: " + unknown);
        }
        return problems;
    }

    /** What of the outputs does not fit. */
    List<String> missingOutputs(ModelSignature signature) {
        List<String> problems = new ArrayList<>();
        compare("output", outputs, signature.outputs(), problems);
        return problems;
    }

    private void compare(
            String kind, Map<String, TensorSpec> expected, Map<String, TensorSpec> actual, List<String> problems) {
        expected.forEach((name, spec) -> {
            TensorSpec found = actual.get(name);
            if (found == null) {
                problems.add(graph + " lacks the " + kind + " " + name);
            } else if (!fits(spec, found)) {
                problems.add(graph + " " + kind + " " + name + " should be " + text(spec) + " but is " + text(found));
            }
        });
    }

    private static boolean fits(TensorSpec expected, TensorSpec actual) {
        if (expected.dtype() != actual.dtype() || expected.rank() != actual.rank()) {
            return false;
        }
        for (int axis = 0; axis < expected.rank(); axis++) {
            long want = expected.dims().get(axis);
            long have = actual.dims().get(axis);
            if (want != ANY && have != ANY && want != have) {
                return false;
            }
        }
        return true;
    }

    private static String text(TensorSpec spec) {
        return spec.dtype() + spec.dims().toString().replace("-1", "?");
    }
}
