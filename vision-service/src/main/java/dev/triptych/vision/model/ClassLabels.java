package dev.triptych.vision.model;

import dev.triptych.modelpackage.ConfigFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The names of a model's classes, from {@code id2label}. */
final class ClassLabels {

    private ClassLabels() {}

    /**
     * One label for each class index.
     *
     * @param count the graph's number of classes
     * @throws ModelCheckException if {@code id2label} is there and does not name exactly these classes
     */
    static List<String> read(ConfigFile config, int count) {
        Map<String, String> named = config.stringMap("id2label");
        List<String> labels = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            String label = named.isEmpty() ? "LABEL_" + index : named.get(Integer.toString(index));
            if (label == null) {
                throw new ModelCheckException(
                        ModelCheck.SETTINGS, "id2label names no class " + index + ", the graph has " + count);
            }
            labels.add(label);
        }
        if (!named.isEmpty() && named.size() != count) {
            throw new ModelCheckException(
                    ModelCheck.SETTINGS, "id2label names " + named.size() + " classes, the graph has " + count);
        }
        return labels;
    }
}
